import KVModel
import Testing

@Suite("Every engine: what its capabilities promise, and what they do not")
struct CapabilityTests {
    @Test("refuses metadata and expirations that it cannot keep, entry by entry", arguments: TestedEngine.allCases)
    func unsupported(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let metadata = try Metadata(json: Array("1".utf8))
        let soon = Expiration(stored: test.clock.seconds + 100)
        let entries = [
            Entry(key: try Key("metadata"), value: [1], metadata: metadata), Entry(key: try Key("plain"), value: [2]),
            Entry(key: try Key("ttl"), value: [3], expiration: soon),
        ]
        let outcomes = try await test.engine.write(entries, in: namespace, when: .always)
        #expect(outcomes.map(\.isWritten) == [test.can(.metadata), true, test.can(.ttl)])
        for case .failed(let error) in outcomes { #expect(error.code == .notSupported) }
        let written = zip(entries, outcomes).filter { $1.isWritten }.map(\.0)
        #expect(try await test.allKeys(in: namespace) == written.map(\.key.name))
        let read = try await test.engine.read(written.map(\.key), in: namespace, bytes: .max)
        #expect(read.map { $0?.entry } == written)

        let large = KeyInfo(key: try Key("large"), metadata: metadata)
        let outcome = try await test.engine.writeValue(Pieces([[1]]), of: large, in: namespace, when: .always)
        #expect(outcome.isWritten == test.can(.metadata))
    }

    @Test("changes expirations, or refuses to for each key that exists", arguments: TestedEngine.allCases)
    func expirations(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["a"], in: namespace)
        let keys = try ["a", "missing"].map { try Key($0) }
        let soon = Expiration(stored: test.clock.seconds + 100)
        let outcomes = try await test.engine.expire(keys, at: soon, in: namespace, interceptor: nil)
        #expect(outcomes[0].isWritten == test.can(.ttl))
        if case .failed(let error) = outcomes[0] { #expect(error.code == .notSupported) }
        #expect(outcomes[1] == .unmet)
        let never = try await test.engine.expire(keys, at: nil, in: namespace, interceptor: nil)
        #expect(never.map(\.isWritten) == [true, false])
        #expect(try await test.engine.read([keys[0]], in: namespace, bytes: 1)[0]?.entry.expiration == nil)
    }

    @Test(
        "lets one of several writers create a key, where conditions are part of the write",
        arguments: TestedEngine.allCases)
    func oneCreator(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let key = try Key("k")
        let created = try await withThrowingTaskGroup(of: Bool.self) { group in
            for writer in UInt8(0)..<10 {
                group.addTask {
                    let entry = Entry(key: key, value: [writer])
                    return try await test.engine.write([entry], in: namespace, when: .absent)[0].isWritten
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(test.can(.conditionalWrites) ? created == 1 : created >= 1)
    }

    @Test(
        "shows an interceptor each change before it is made, and leaves what that holds back",
        arguments: TestedEngine.allCases)
    func interceptor(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["held", "replaced"], in: namespace, value: "old")
        let (held, new, replaced) = (try Key("held"), try Key("new"), try Key("replaced"))
        let entries = [held, new, replaced].map { Entry(key: $0, value: Array("new".utf8)) }
        let interceptor = RecordingInterceptor(holding: held)
        let outcomes = try await test.engine.write(entries, in: namespace, when: .always, interceptor: interceptor)
        #expect(outcomes.map(\.isWritten) == [false, true, true])
        #expect(outcomes[0] == .unmet)
        #expect(interceptor.seen == ["held: old → new", "new: none → new", "replaced: old → new"])

        let deletion = RecordingInterceptor(holding: held)
        let deleted = try await test.engine.delete([held, new], in: namespace, interceptor: deletion)
        #expect(deleted == [.unmet, .deleted])
        #expect(deletion.seen == ["held: old → none", "new: new → none"])
        #expect(try await test.allKeys(in: namespace) == ["held", "replaced"])
    }

    @Test("changes nothing when an interceptor cannot seal", arguments: TestedEngine.allCases)
    func unsealed(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["k"], in: namespace, value: "old")
        let entries = try ["k", "l"].map { Entry(key: try Key($0), value: Array("new".utf8)) }
        await #expect(throws: RecordingInterceptor.Unsealed.self) {
            _ = try await test.engine.write(
                entries, in: namespace, when: .always, interceptor: RecordingInterceptor(holding: nil, seals: false))
        }
        #expect(try await test.allKeys(in: namespace) == ["k"])
        let read = try await test.engine.read([entries[0].key], in: namespace, bytes: .max)
        #expect(read[0]?.entry.value == Array("old".utf8))
    }
}
