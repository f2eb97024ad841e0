import KVModel
import Testing

/// A body in given pieces, and with a given end.
struct Pieces: AsyncSequence, Sendable {
    struct Broken: Error {}

    let pieces: [[UInt8]]
    let breaks: Bool

    init(_ pieces: [[UInt8]], breaks: Bool = false) {
        self.pieces = pieces
        self.breaks = breaks
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: [[UInt8]].Iterator
        let breaks: Bool

        mutating func next() async throws -> [UInt8]? {
            if let piece = rest.next() { return piece }
            if breaks { throw Broken() }
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: pieces.makeIterator(), breaks: breaks) }
}

@Suite("Every engine: large values")
struct LargeValueTests {
    private static let megabyte = 1 << 20

    private func bytes(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
    }

    private func read(_ key: Key, _ test: EngineUnderTest, _ namespace: NamespaceID) async throws -> [UInt8] {
        let stream = try await test.engine.readValue(of: key, in: namespace)
        var value = stream.first
        if let rest = stream.rest { for try await piece in rest { value += piece } }
        #expect(stream.info.size == value.count)
        return value
    }

    @Test(
        "streams in and out any size up to 25 MiB", arguments: TestedEngine.allCases,
        [0, 1, megabyte - 1, megabyte, megabyte + 1, 3 * megabyte + 17, Entry.maximumValueBytes])
    func sizes(of engine: TestedEngine, size: Int) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let key = try Key("large")
        let value = bytes(size)
        let pieces = stride(from: 0, to: size, by: 300_000).map { Array(value[$0..<min($0 + 300_000, size)]) }
        let info = KeyInfo(
            key: key, metadata: try test.metadata("[1]"), expiration: test.expiration(in: 500))
        let outcome = try await test.engine.writeValue(Pieces(pieces), of: info, in: namespace, when: .always)
        switch outcome {
        case .created: break
        case .written where !test.can(.reportsPriorExistence): break
        default: Issue.record("the value was not created: \(outcome)")
        }
        #expect(try await read(key, test, namespace) == value)
        let whole = try await test.engine.read([key], in: namespace, bytes: .max)[0]?.entry
        #expect(whole == Entry(key: key, value: value, metadata: info.metadata, expiration: info.expiration))
        #expect(try await test.engine.namespace(namespace).valueBytes ?? size == size)
    }

    @Test("refuses more than 25 MiB, and a body that breaks off, and changes nothing", arguments: TestedEngine.allCases)
    func refusals(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let key = try Key("k")
        try await test.put(["k"], in: namespace, value: "old")
        let tooMuch = Pieces([[UInt8]](repeating: bytes(Self.megabyte), count: 26))
        await expectCode(.valueTooLarge) {
            _ = try await test.engine.writeValue(tooMuch, of: KeyInfo(key: key), in: namespace, when: .always)
        }
        let broken = Pieces([bytes(Self.megabyte), bytes(Self.megabyte), bytes(10)], breaks: true)
        await #expect(throws: Pieces.Broken.self) {
            _ = try await test.engine.writeValue(broken, of: KeyInfo(key: key), in: namespace, when: .always)
        }
        #expect(try await read(key, test, namespace) == Array("old".utf8))
        #expect(try await test.engine.namespace(namespace).valueBytes ?? 3 == 3)
    }

    @Test("honours conditions for large values too, and keeps nothing of one refused", arguments: TestedEngine.allCases)
    func conditions(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let info = KeyInfo(key: try Key("k"))
        try await test.put(["k"], in: namespace, value: "old")
        for body in [[bytes(5)], [[UInt8]](repeating: bytes(Self.megabyte), count: 3)] {
            let outcome = try await test.engine.writeValue(Pieces(body), of: info, in: namespace, when: .absent)
            #expect(outcome == .unmet)
        }
        #expect(try await read(info.key, test, namespace) == Array("old".utf8))
        #expect(try await test.engine.namespace(namespace).valueBytes ?? 3 == 3)
    }

    @Test("a value replaced while it is read ends the reading with an error", arguments: TestedEngine.allCases)
    func replacedWhileRead(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        guard test.can(.streamsValues) else { return }
        let namespace = try await test.namespace()
        let key = try Key("k")
        let old = Pieces([[UInt8]](repeating: bytes(Self.megabyte), count: 4))
        _ = try await test.engine.writeValue(old, of: KeyInfo(key: key), in: namespace, when: .always)
        let stream = try await test.engine.readValue(of: key, in: namespace)
        try await test.put(["k"], in: namespace, value: "new")
        await expectCode(.valueChanged) {
            if let rest = stream.rest { for try await _ in rest {} }
        }
    }
}
