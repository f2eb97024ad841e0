import KVModel
import Testing

@Suite("Every engine: entries")
struct EntryTests {
    @Test("gives back every byte of value, metadata and expiration under any name", arguments: TestedEngine.allCases)
    func roundTrip(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let values: [[UInt8]] = [[], [0], Array(0...255), [0xEF, 0xBB, 0xBF, 0x61], Array("text".utf8)]
        var entries: [Entry] = []
        for (index, name) in oddNames.enumerated() {
            entries.append(
                Entry(
                    key: try Key(name), value: values[index % values.count],
                    metadata: index.isMultiple(of: 2) ? try test.metadata("{\"b\": 1.0, \"a\":\"é\"}") : nil,
                    expiration: index.isMultiple(of: 3) ? test.expiration(in: 1_000) : nil))
        }
        let outcomes = try await test.engine.write(entries, in: namespace, when: .always)
        #expect(outcomes.count == entries.count)

        let read = try await test.engine.read(entries.map(\.key), in: namespace, bytes: .max)
        #expect(read.map { $0?.entry } == entries)
        let listed = try await test.engine.entries(in: namespace, KeyQuery(limit: 1_000), bytes: .max)
        #expect(listed.items == entries.sorted { $0.key < $1.key })
        #expect(listed.cursor == nil)
    }

    @Test("keeps only the last value put, also within one batch", arguments: TestedEngine.allCases)
    func lastPut(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let key = try Key("k")
        _ = try await test.engine.write(
            [
                Entry(key: key, value: [1], metadata: try test.metadata("1")),
                Entry(key: key, value: [2, 2], expiration: test.expiration(in: 100)),
            ], in: namespace, when: .always)
        let found = try await test.engine.read([key], in: namespace, bytes: .max)
        #expect(found[0]?.entry == Entry(key: key, value: [2, 2], expiration: test.expiration(in: 100)))
        let counted = try await test.engine.namespace(namespace)
        #expect(counted.keyCount ?? 1 == 1)
        #expect(counted.valueBytes ?? 2 == 2)
    }

    @Test("an expired entry is nowhere, and its key is free again", arguments: TestedEngine.allCases)
    func expiry(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        guard test.can(.ttl) else { return }
        let key = try Key("gone")
        let soon = Expiration(stored: test.clock.seconds + 60)
        _ = try await test.engine.write([Entry(key: key, value: [1], expiration: soon)], in: namespace, when: .always)
        test.clock.advance(seconds: 59)
        #expect(try await test.engine.read([key], in: namespace, bytes: .max)[0] != nil)
        test.clock.advance(seconds: 1)
        #expect(try await test.engine.read([key], in: namespace, bytes: .max)[0] == nil)
        #expect(try await test.allKeys(in: namespace).isEmpty)
        #expect(try await test.engine.entries(in: namespace, KeyQuery(limit: 10), bytes: .max).items.isEmpty)
        #expect(try await test.engine.count(in: namespace, prefix: Array("g".utf8)) ?? 0 == 0)
        await expectCode(.keyNotFound) { _ = try await test.engine.readValue(of: key, in: namespace) }
        #expect(try await test.engine.delete([key], in: namespace) == [.absent])
        let again = try await test.engine.write([Entry(key: key, value: [2])], in: namespace, when: .absent)
        guard case .created = again[0] else {
            Issue.record("expected created, not \(again[0])")
            return
        }
    }

    @Test("one bad entry does not spoil its batch", arguments: TestedEngine.allCases)
    func oneBadEntry(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let outcomes = try await test.engine.write(
            [
                Entry(key: try Key("a"), value: [1]),
                Entry(key: try Key("b"), value: [UInt8](repeating: 0, count: Entry.maximumValueBytes + 1)),
                Entry(key: try Key("c"), value: [3]),
            ], in: namespace, when: .always)
        guard case .failed(let error) = outcomes[1] else {
            Issue.record("expected a failure, not \(outcomes[1])")
            return
        }
        #expect(error.code == .valueTooLarge)
        #expect(try await test.allKeys(in: namespace) == ["a", "c"])
    }

    @Test("honours conditions, and says what was there", arguments: TestedEngine.allCases)
    func conditions(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let key = try Key("k")
        func write(_ value: UInt8, _ condition: WriteCondition) async throws -> WriteOutcome {
            try await test.engine.write([Entry(key: key, value: [value])], in: namespace, when: condition)[0]
        }
        #expect(try await write(0, .matches(nil)) == .unmet)
        guard case .created(let first) = try await write(1, .absent) else {
            Issue.record("the key was not created")
            return
        }
        #expect(try await write(2, .absent) == .unmet)
        guard first != nil else {
            await expectCode(.notSupported) { _ = try await write(3, .matches(ETag("something else"))) }
            return
        }
        #expect(try await write(3, .matches(ETag("something else"))) == .unmet)
        #expect(try await test.engine.read([key], in: namespace, bytes: .max)[0]?.entry.value == [1])
        guard case .replaced(let second) = try await write(4, .matches(first)) else {
            Issue.record("the key was not replaced")
            return
        }
        #expect(first != second)
        #expect(try await write(5, .matches(first)) == .unmet)
        #expect(try await test.engine.read([key], in: namespace, bytes: .max)[0]?.etag == second)
    }

    @Test("says which keys exist, however many are asked for", arguments: TestedEngine.allCases)
    func existing(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let names = (0..<300).map { "key:\($0)" } + ["é", "e\u{301}"]
        try await test.put(names, in: namespace)
        if let soon = test.expiration(in: 60) {
            let entry = Entry(key: try Key("soon"), value: [], expiration: soon)
            _ = try await test.engine.write([entry], in: namespace, when: .always)
            test.clock.advance(seconds: 60)
        }
        let missing = try ["key:", "key:300", "other", "soon"].map { try Key($0) }
        let keys = try names.map { try Key($0) }
        for count in [0, 1, 2, keys.count] {
            let asked = keys.suffix(count) + missing
            #expect(try await test.engine.existing(among: asked.shuffled(), in: namespace) == Set(keys.suffix(count)))
        }
        for key in missing { #expect(try await test.engine.existing(among: [key], in: namespace).isEmpty) }
        #expect(try await test.engine.existing(among: [], in: namespace).isEmpty)
    }

    @Test("deletes what is there, and says what was not", arguments: TestedEngine.allCases)
    func deletion(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["a", "b", "c"], in: namespace)
        let keys = try ["c", "nothing", "a", "a"].map { try Key($0) }
        let tells = test.can(.reportsPriorExistence)
        #expect(
            try await test.engine.delete(keys, in: namespace)
                == (tells ? [.deleted, .absent, .deleted, .absent] : [.deleted, .deleted, .deleted, .deleted]))
        #expect(try await test.allKeys(in: namespace) == ["b"])
        let counted = try await test.engine.namespace(namespace)
        #expect(counted.keyCount ?? 1 == 1)
        #expect(counted.valueBytes ?? 1 == 1)
    }

    @Test("a batch read stops at the bytes allowed, with at least one answer", arguments: TestedEngine.allCases)
    func boundedReads(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let names = ["a", "b", "c", "d"]
        try await test.put(names, in: namespace, value: String(repeating: "x", count: 1_000))
        let keys = try names.map { try Key($0) }
        #expect(try await test.engine.read(keys, in: namespace, bytes: 1).count == 1)
        #expect(try await test.engine.read(keys, in: namespace, bytes: 2_500).count == 2)
        let page = try await test.engine.entries(in: namespace, KeyQuery(limit: 10), bytes: 2_500)
        #expect(page.items.map(\.key.name) == ["a", "b"])
        let rest = try await test.engine.entries(in: namespace, KeyQuery(cursor: page.cursor, limit: 10), bytes: 1)
        #expect(rest.items.map(\.key.name) == ["c"])
    }
}

@Suite("ETags")
struct ETagTests {
    @Test(
        "come back from their text, and other texts are none",
        arguments: [ETag(version: 7), ETag(version: 7, detail: 99)])
    func roundTrip(etag: ETag) {
        #expect(ETag(etag.text) == etag)
        for other in ["", "x", "7-", "07", "+7", "7-99-1", "-1-2", "7-099"] { #expect(ETag(other) != etag) }
    }
}
