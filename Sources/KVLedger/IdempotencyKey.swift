/// A key under which a client may send a request for a job again, and a digest of the request.
package struct IdempotencyKey: Hashable, Sendable {
    package let text: String
    /// SHA-256 in hex; nil when requests are compared by their kind and namespace alone.
    package let digest: String?

    package init(_ text: String, digest: String? = nil) {
        self.text = text
        self.digest = digest
    }
}
