/// Decodes a type from nothing, and records what it asks for.
struct ShapeDecoder: Decoder {
    /// The shape of one value, while it is recorded.
    final class Recording {
        var shape: Shape?
        var isNullable = false
        var members: [(name: String, value: Recording, isOptional: Bool)]?
        var element: Recording?
        /// A member whose presence was asked for.
        var questioned: String?

        func finished(named name: String) -> Shape {
            let plain: Shape =
                if let members {
                    if let members = members.first, members.name == anyName {
                        .map(members.value.finished(named: name))
                    } else {
                        .object(
                            name: name,
                            members: members.map {
                                Shape.Member(
                                    name: $0.name, shape: $0.value.finished(named: ""), isOptional: $0.isOptional)
                            })
                    }
                } else if let element {
                    .list(element.finished(named: ""))
                } else {
                    shape ?? .any
                }
            return isNullable ? .nullable(plain) : plain
        }

        /// Records a value of a type. Returns one.
        func record<Value: Decodable>(_ type: Value.Type) throws -> Value {
            if let (shape, sample) = Self.scalar(type), let value = sample as? Value {
                self.shape = shape
                return value
            }
            let value = try Value(from: ShapeDecoder(recording: self))
            // What contains other values is finished here, where its name is known.
            if members != nil {
                shape = finished(named: "\(Value.self)")
                members = nil
                if case .nullable(let plain)? = shape { shape = plain }
            }
            return value
        }

        private static func scalar(_ type: Any.Type) -> (Shape, Any)? {
            switch type {
            case is String.Type: return (.text, "")
            case is Bool.Type: return (.boolean, false)
            case is Int.Type: return (.integer, 0)
            case is Int64.Type: return (.integer, Int64(0))
            case is Double.Type: return (.number, 0.0)
            case let type as any CaseIterable.Type:
                let cases = Self.cases(of: type)
                let names = cases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
                return cases.first.map { (.choice(Set(names)), $0) }
            default: return nil
            }
        }

        private static func cases<Choice: CaseIterable>(of type: Choice.Type) -> [Any] { Array(type.allCases) }
    }

    /// The name by which a dictionary is asked for its value.
    fileprivate static let anyName = "*"

    let recording: Recording
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func shape<Value: Decodable>(of type: Value.Type) throws -> Shape {
        let recording = Recording()
        _ = try recording.record(type)
        return recording.finished(named: "\(Value.self)")
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        recording.members = recording.members ?? []
        return KeyedDecodingContainer(Members<Key>(recording: recording))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let element = Recording()
        recording.element = element
        return Elements(element: element)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(recording: recording) }
}

private struct Unsupported: Error {}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recording: ShapeDecoder.Recording
    var codingPath: [any CodingKey] { [] }
    /// Asked for by dictionaries alone.
    var allKeys: [Key] { Key(stringValue: ShapeDecoder.anyName).map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool {
        recording.questioned = key.stringValue
        return true
    }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try member(key).record(type)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { ShapeDecoder(recording: member(key)) }

    private func member(_ key: Key) -> ShapeDecoder.Recording {
        let value = ShapeDecoder.Recording()
        recording.members?.append((key.stringValue, value, recording.questioned == key.stringValue))
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw Unsupported() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Unsupported() }
    func superDecoder() throws -> any Decoder { throw Unsupported() }
}

private struct Elements: UnkeyedDecodingContainer {
    let element: ShapeDecoder.Recording
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    init(element: ShapeDecoder.Recording) { self.element = element }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        return try element.record(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw Unsupported() }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unsupported() }
    mutating func superDecoder() throws -> any Decoder { throw Unsupported() }
}

private struct Single: SingleValueDecodingContainer {
    let recording: ShapeDecoder.Recording
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
        recording.isNullable = true
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try recording.record(type) }
}
