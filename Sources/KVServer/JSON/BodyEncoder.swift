import KVModel

extension JSONWriter {
    /// The JSON of a body: members in the order in which its type declares them. A number that JSON does not have is null.
    static func body(_ value: some Encodable) throws -> [UInt8] {
        let output = BodyEncoder.Output()
        try output.write(value)
        return output.json.bytes
    }
}

/// Encodes the types of the API with `JSONWriter`, in the order in which they declare their members, which Foundation's encoder
/// does not keep. It takes half of that one's time.
///
/// It implements what those types use; they have no nested containers and no superclasses.
private struct BodyEncoder: Encoder {
    final class Output {
        var json = JSONWriter(capacity: 1_024)

        func write<Value: Encodable>(_ value: Value) throws {
            switch value {
            case let text as String: json.string(text)
            case let flag as Bool: json.boolean(flag)
            case let number as Int: json.integer(number)
            case let number as Int64: json.integer(number)
            case let number as Double: if number.isFinite { json.raw("\(number)".utf8) } else { json.null() }
            default:
                let enclosure = Enclosure()
                try value.encode(to: BodyEncoder(output: self, enclosure: enclosure))
                if let end = enclosure.end { json.end(end) }
            }
        }
    }

    /// What ends the object or the array of a value, if it has begun one.
    final class Enclosure {
        var end: StaticString?
    }

    let output: Output
    let enclosure: Enclosure
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        begin("{", "}")
        return KeyedEncodingContainer(Members<Key>(output: output))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        begin("[", "]")
        return Elements(output: output)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(output: output) }

    private func begin(_ start: StaticString, _ end: StaticString) {
        guard enclosure.end == nil else { return }
        output.json.begin(start)
        enclosure.end = end
    }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let output: Output
        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) {
            output.json.name(utf8: key.stringValue.utf8)
            output.json.null()
        }

        func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
            output.json.name(utf8: key.stringValue.utf8)
            try output.write(value)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { preconditionFailure(unused) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { preconditionFailure(unused) }
        func superEncoder() -> any Encoder { preconditionFailure(unused) }
        func superEncoder(forKey key: Key) -> any Encoder { preconditionFailure(unused) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let output: Output
        private(set) var count = 0
        var codingPath: [any CodingKey] { [] }

        init(output: Output) {
            self.output = output
        }

        mutating func encodeNil() {
            count += 1
            output.json.null()
        }

        mutating func encode<Value: Encodable>(_ value: Value) throws {
            count += 1
            try output.write(value)
        }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            preconditionFailure(unused)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure(unused) }
        func superEncoder() -> any Encoder { preconditionFailure(unused) }
    }

    private struct Single: SingleValueEncodingContainer {
        let output: Output
        var codingPath: [any CodingKey] { [] }

        func encodeNil() { output.json.null() }
        func encode<Value: Encodable>(_ value: Value) throws { try output.write(value) }
    }
}

private let unused = "The types of the API have no nested containers and no superclasses."
