import HTTPTypes
package import Hummingbird
package import KVModel

/// Refuses requests that could be understood differently from how they were meant.
package struct StrictRequests: Sendable {
    private let emptyEnds: [String]

    /// - Parameter emptyEnds: What a path may end with although its last part is empty, such as `/values/`: the route
    ///   refuses it with a message of its own.
    package init(emptyEnds: [String]) {
        self.emptyEnds = emptyEnds
    }

    /// - Parameter path: The path below the base path.
    package func check(_ request: Request, path: Substring) throws(KVError) {
        // The routes pass over empty parts of a path: in `items//x` the part `x` would be found, where `/x` was meant.
        guard !hasEmptyPart(path) else {
            throw KVError(
                .routeNotFound, "The path has an empty part. A slash within a part is written %2F in an address.")
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw KVError(
                .unsupportedEncoding,
                "The body has the Content-Encoding \(quoting: coding), which is not supported. Send it without one; a file "
                    + "that is compressed itself needs none.")
        }
    }

    private func hasEmptyPart(_ path: Substring) -> Bool {
        var path = path
        let (hasEmpty, endsInSlash) = path.withUTF8 { bytes in
            let slash = UInt8(ascii: "/")
            let hasEmpty = zip(bytes, bytes.dropFirst()).contains { $0 == slash && $1 == slash }
            return (hasEmpty, bytes.count > 1 && bytes.last == slash)
        }
        return hasEmpty || endsInSlash && !emptyEnds.contains { path.hasSuffix($0) }
    }
}
