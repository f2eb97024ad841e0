package import HTTPTypes
package import Hummingbird
package import KVModel

extension Request {
    /// Evaluates the conditions of a request that reads, in the order of RFC 9110, section 13.2.2: `If-Match`, then
    /// `If-None-Match`, and `Range` only after them. What is served has no date of a change, so conditions on one are ignored.
    ///
    /// - Parameters:
    ///   - etag: Of what would be answered, in its quotes; nil where it has none.
    ///   - state: An ETag that `If-Match` accepts as well.
    /// - Returns: Whether the client has the current state, and 304 is the answer.
    package func clientHasCurrent(_ etag: String?, orMatches state: String? = nil) throws(KVError) -> Bool {
        if let header = headers[.ifMatch] {
            let expected = EntityTagList(header)
            guard expected.containsStrongly(etag) || state.map(expected.containsStrongly) == true else {
                throw KVError(
                    .preconditionFailed,
                    "The current state has another ETag than If-Match names; read it without If-Match.")
            }
        }
        return headers[.ifNoneMatch].map { EntityTagList($0).containsWeakly(etag) } ?? false
    }
}

extension Response {
    /// The answer to a client that has the current state, with those headers of a whole answer that caches update.
    package static func notModified(_ headers: HTTPFields) -> Response {
        var kept = HTTPFields()
        for name in [HTTPField.Name.eTag, .cacheControl, .vary, .contentSecurityPolicy] { kept[name] = headers[name] }
        return Response(status: .notModified, headers: kept)
    }
}
