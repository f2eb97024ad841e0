extension API {
    /// A member that is always present, and `null` when it has no value.
    ///
    /// Decoding accepts its absence, because servers of older versions may not have it.
    @propertyWrapper
    package struct Nullable<Value: Codable & Sendable>: Codable, Sendable {
        package var wrappedValue: Value?

        package init(wrappedValue: Value?) {
            self.wrappedValue = wrappedValue
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
        }
    }
}

extension API.Nullable: Equatable where Value: Equatable {}

extension KeyedDecodingContainer {
    /// Decodes a nullable member. The value is nil where the member is missing.
    func decode<Value>(
        _ type: API.Nullable<Value>.Type, forKey key: Key
    ) throws -> API.Nullable<Value> {
        // Decoders return the decoder of a null for a member that is missing.
        try API.Nullable(from: superDecoder(forKey: key))
    }
}
