import HTTPTypes
import Hummingbird
import KVModel

/// Refuses what would be understood otherwise than it was meant.
enum StrictRequests {
    static func check(_ request: Request, path: Substring) throws(KVError) {
        // The routes pass over empty parts of a path: `entries//x` would be the key `x`, where `/x` was meant.
        guard !Self.hasEmptyPart(path) else {
            throw KVError(
                .routeNotFound, "The path has an empty part. A slash within a key is written %2F in an address.")
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw KVError(
                .unsupportedEncoding,
                "The body is coded as \(quoting: coding), which is not undone here; send it plain. "
                    + "(An import finds out about gzip by itself.)")
        }
    }

    /// An empty key at the end has an answer of its own.
    private static func hasEmptyPart(_ path: Substring) -> Bool {
        var path = path
        let (hasEmpty, endsInSlash) = path.withUTF8 { bytes in
            let slash = UInt8(ascii: "/")
            let hasEmpty = zip(bytes, bytes.dropFirst()).contains { $0 == slash && $1 == slash }
            return (hasEmpty, bytes.count > 1 && bytes.last == slash)
        }
        return hasEmpty || endsInSlash && !path.hasSuffix("/entries/") && !path.hasSuffix("/values/")
    }
}
