extension API {
    /// Any JSON value, such as metadata. Decoding keeps nothing of it: a value's text is read from the answer, where its digits
    /// are as they were written.
    package struct AnyJSON: Decodable, Sendable {
        package init(from decoder: any Decoder) throws {}
    }
}
