import HTTPTypes
import Hummingbird
import KVModel

/// Refuses what would be understood otherwise than it was meant.
enum StrictRequests {
    static func check(_ request: Request) throws(KVError) {
        // The router passes over empty parts of a path: `entries//x` would be the key `x`, where `/x` was meant.
        guard !Self.hasEmptyPart(request.uri.path) else {
            throw KVError(
                .routeNotFound, "The path has an empty part. A slash within a key is written %2F in an address.")
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw KVError(
                .unsupportedEncoding,
                "The body is coded as \"\(coding)\", which is not undone here; send it plain. "
                    + "(An import finds out about gzip by itself.)")
        }
    }

    /// An empty key at the end has an answer of its own.
    private static func hasEmptyPart(_ path: String) -> Bool {
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/"), previous == byte { return true }
            previous = byte
        }
        return path != "/" && path.hasSuffix("/") && !path.hasSuffix("/entries/") && !path.hasSuffix("/values/")
    }
}
