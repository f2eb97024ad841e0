package import KVModel

/// The path below which everything is served: none, or one such as `/kv`.
package struct BasePath: Sendable, Equatable {
    package static let root = BasePath(checked: "")

    /// What is noted of a server, and each of its addresses, holds it.
    private static let longest = 200

    /// Empty, or with a slash at its beginning and none at its end.
    package let text: String

    private init(checked text: String) {
        self.text = text
    }

    /// `/` and nothing mean the root; a slash at the end is left out.
    package init(_ text: String) throws(KVError) {
        let path = text.hasSuffix("/") ? text.dropLast() : text[...]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.isEmpty || path.hasPrefix("/"), path.utf8.count <= Self.longest, parts.allSatisfy(Self.isPart) else {
            throw KVError(
                .invalidRequest,
                "A base path is like /kv or /tools/kv: a slash before each part, and parts of letters, digits, - _ . ~, "
                    + "neither . nor .. alone, \(Self.longest) bytes at most; \"\(text)\" is not.")
        }
        self.text = String(path)
    }

    private static func isPart(_ part: Substring) -> Bool {
        !["", ".", ".."].contains(part)
            && part.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.~".unicodeScalars.contains($0))
            }
    }

    package var isRoot: Bool { text.isEmpty }

    /// What of a path is left for the routes: empty where the base path itself was asked for, nil outside of it.
    func rest(of path: Substring) -> Substring? {
        guard !isRoot else { return path }
        guard path.utf8.starts(with: text.utf8) else { return nil }
        let rest = path.utf8.dropFirst(text.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/") ? Substring(rest) : nil
    }
}
