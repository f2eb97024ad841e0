extension API {
    /// An error, as RFC 9457 problem details.
    package struct Problem: Codable, Sendable {
        /// `about:blank`.
        package var type: String
        /// The status in words.
        package var title: String
        package var status: Int
        /// What happened, to what, and what to do. For people; may change.
        package var detail: String
        /// The stable code, for programs.
        package var code: String
        /// The `X-Request-Id` of the answer, by which the log names the request.
        package var requestId: String

        package init(title: String, status: Int, detail: String, code: String, requestID: String) {
            type = "about:blank"
            self.title = title
            self.status = status
            self.detail = detail
            self.code = code
            requestId = requestID
        }
    }
}
