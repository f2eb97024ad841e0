import Hummingbird

extension Response {
    /// What the hosted service puts around every result.
    ///
    /// - Parameter info: members of `result_info`, for lists.
    static func envelope(
        capacity: Int = 512, info: ((inout JSONWriter) -> Void)? = nil, result: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(capacity: capacity)
        json.object { json in
            json.name("result")
            result(&json)
            json.member("success", true)
            json.name("errors")
            json.array([Never]()) { _, _ in }
            json.name("messages")
            json.array([Never]()) { _, _ in }
            if let info {
                json.name("result_info")
                json.object(info)
            }
        }
        return .json(.ok, json.bytes)
    }

    /// A result of nothing.
    static var emptyEnvelope: Response { envelope { $0.null() } }
}
