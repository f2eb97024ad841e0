extension API {
    /// The answer to `GET …/entries/{key}`. The server writes it with `JSONWriter`.
    package struct Entry: Decodable, Sendable {
        package var name: String
        /// The value, when its bytes are valid UTF-8.
        package var value: String?
        /// The value in base64, when its bytes are not valid UTF-8.
        package var valueBase64: String?
        /// The size of the value.
        package var size: Int
        /// Unix seconds.
        package var expiration: Int?
        package var metadata: AnyJSON?
        package var tags: [String]?
        package var color: String?
        package var customMetadata: AnyJSON?
        /// The state of the entry, as in the header `ETag`, without the quotes.
        @Nullable package var etag: String?
    }

    /// The answer to `PUT …/entries/{key}` and `PUT …/values/{key}`. The server writes it with `JSONWriter`.
    package struct WrittenEntry: Decodable, Sendable {
        package var name: String
        /// The size of the value.
        package var size: Int
        /// Unix seconds.
        package var expiration: Int?
        package var metadata: AnyJSON?
        /// The state of the entry, as in the header `ETag`, without the quotes.
        @Nullable package var etag: String?
    }
}
