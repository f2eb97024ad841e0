extension API {
    /// A page of `GET /api/stores/{store}/namespaces/{namespace}/keys`. The server writes it with `JSONWriter`.
    package struct KeyPage: Decodable, Sendable {
        package var keys: [KeyInfo]
        /// With a `delimiter`: the prefixes that several keys share up to it.
        package var folders: [Folder]?
        /// With `count=true`: the number of keys under the prefix; null where the store cannot count them.
        package var keyCount: Nullable<Int>?
        @Nullable package var cursor: String?
    }

    /// An entry as a list of keys has it, without its value.
    package struct KeyInfo: Decodable, Sendable {
        package var name: String
        /// The size of the value.
        package var size: Int?
        /// Unix seconds.
        package var expiration: Int?
        package var metadata: AnyJSON?
        package var tags: [String]?
        package var color: String?
        package var customMetadata: AnyJSON?
    }

    /// A prefix that keys share.
    package struct Folder: Decodable, Sendable {
        /// Up to and including the delimiter.
        package var prefix: String
        /// The number of keys under it, unless counting them would take long.
        package var keyCount: Int?
    }
}
