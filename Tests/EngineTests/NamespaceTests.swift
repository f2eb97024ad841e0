import KVModel
import Testing

@Suite("Every engine: namespaces")
struct NamespaceTests {
    @Test("creates, finds, renames and deletes", arguments: TestedEngine.allCases)
    func life(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let made = try await test.engine.createNamespace(titled: "one")
        #expect(try await test.engine.namespace(made.id).title == "one")
        let renamed = try await test.engine.updateNamespace(made.id, NamespaceChange(title: "two"))
        #expect(renamed.title == "two")
        #expect(renamed.id == made.id)
        try await test.engine.deleteNamespace(made.id)
        await expectCode(.namespaceNotFound) { _ = try await test.engine.namespace(made.id) }
        await expectCode(.namespaceNotFound) { try await test.put(["k"], in: made.id) }
        await expectCode(.namespaceNotFound) { _ = try await test.engine.keys(in: made.id, KeyQuery(limit: 1)) }
        await expectCode(.namespaceNotFound) { _ = try await test.engine.read([try Key("k")], in: made.id, bytes: 1) }
        await expectCode(.namespaceNotFound) { try await test.engine.deleteNamespace(made.id) }
    }

    @Test("a title is taken once", arguments: TestedEngine.allCases)
    func titles(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let first = try await test.engine.createNamespace(titled: "taken")
        await expectCode(.namespaceExists) { _ = try await test.engine.createNamespace(titled: "taken") }
        let other = try await test.engine.createNamespace(titled: "Taken")
        await expectCode(.namespaceExists) {
            _ = try await test.engine.updateNamespace(other.id, NamespaceChange(title: "taken"))
        }
        _ = try await test.engine.updateNamespace(first.id, NamespaceChange(title: "taken"))
        await expectCode(.invalidTitle) { _ = try await test.engine.createNamespace(titled: "  ") }
        await expectCode(.invalidTitle) {
            _ = try await test.engine.createNamespace(titled: String(repeating: "t", count: 513))
        }
        for title in [first.id.text, first.id.text.uppercased(), String(repeating: "0", count: 32)] {
            await expectCode(.invalidTitle) { _ = try await test.engine.createNamespace(titled: title) }
            await expectCode(.invalidTitle) {
                _ = try await test.engine.updateNamespace(other.id, NamespaceChange(title: title))
            }
        }
    }

    @Test("lists all, by title, in pages, and filters", arguments: TestedEngine.allCases)
    func listing(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let titles = (0..<25).map { "space \(100 + $0)" } + ["Other", "é"]
        for title in titles { _ = try await test.engine.createNamespace(titled: title) }
        var seen: [String] = []
        var cursor: PageCursor?
        repeat {
            let page = try await test.engine.namespaces(matching: "", from: cursor, limit: 4)
            seen += page.items.map(\.title)
            cursor = page.cursor
        } while cursor != nil
        #expect(seen == bytewise(titles))
        let found = try await test.engine.namespaces(matching: "OTHER", from: nil, limit: 4)
        #expect(found.items.map(\.title) == ["Other"])
    }

    @Test("an entry of one namespace is not in another", arguments: TestedEngine.allCases)
    func separation(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let first = try await test.namespace("first")
        let second = try await test.namespace("second")
        try await test.put(["k", "l"], in: first)
        #expect(try await test.allKeys(in: second).isEmpty)
        #expect(try await test.engine.read([try Key("k")], in: second, bytes: 1)[0] == nil)
        try await test.put(["k"], in: second, value: "other")
        try await test.engine.deleteNamespace(first)
        #expect(try await test.allKeys(in: second) == ["k"])
    }

    @Test("a protected namespace refuses every write and stays readable", arguments: TestedEngine.allCases)
    func protection(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["k"], in: namespace)
        guard test.can(.protectsNamespaces) else {
            await expectCode(.notSupported) {
                _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: true))
            }
            return
        }
        _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: true))
        await expectCode(.namespaceProtected) { try await test.put(["l"], in: namespace) }
        await expectCode(.namespaceProtected) { _ = try await test.engine.delete([try Key("k")], in: namespace) }
        await expectCode(.namespaceProtected) { try await test.engine.deleteNamespace(namespace) }
        await expectCode(.namespaceProtected) {
            _ = try await test.engine.writeValue(
                Pieces([[1]]), of: KeyInfo(key: try Key("l")), in: namespace, when: .always)
        }
        #expect(try await test.allKeys(in: namespace) == ["k"])
        _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: false))
        try await test.put(["l"], in: namespace)
    }
}
