import KVModel
import Testing

@Suite("Every engine: listings")
struct ListingTests {
    @Test("lists in the order of bytes, whatever the page size", arguments: TestedEngine.allCases, [1, 2, 7, 1_000])
    func order(of engine: TestedEngine, limit: Int) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(oddNames, in: namespace)
        #expect(try await test.allKeys(in: namespace, limit: limit) == bytewise(oddNames))
    }

    @Test("a prefix takes bytes, not characters", arguments: TestedEngine.allCases)
    func prefixes(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(["e", "e\u{301}", "é", "ea", "user:1", "user:2", "user;", "use"], in: namespace)
        #expect(try await test.allKeys(in: namespace, prefix: "e", limit: 1) == ["e", "ea", "e\u{301}"])
        #expect(try await test.allKeys(in: namespace, prefix: "é") == ["é"])
        #expect(try await test.allKeys(in: namespace, prefix: "user:") == ["user:1", "user:2"])
        let count = try await test.engine.count(in: namespace, prefix: Array("user:".utf8))
        #expect(count == (test.can(.cheapCount) ? 2 : nil))
        #expect(try await test.allKeys(in: namespace, prefix: "nothing").isEmpty)
    }

    @Test("a cursor stays right while keys come and go", arguments: TestedEngine.allCases)
    func changingWhileListing(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        let names = (0..<200).map { "k\(1_000 + $0)" }
        try await test.put(names, in: namespace)
        var seen: [String] = []
        var cursor: PageCursor?
        repeat {
            let page = try await test.engine.keys(in: namespace, KeyQuery(cursor: cursor, limit: 10))
            seen += page.items.map(\.key.name)
            // What was listed goes, something comes before the cursor and something behind the end.
            _ = try await test.engine.delete(page.items.map(\.key), in: namespace)
            try await test.put(["a\(seen.count)"], in: namespace)
            cursor = page.cursor
        } while cursor != nil
        #expect(seen == names)
    }

    @Test(
        "one level of the tree: keys and folders together, in order, paged", arguments: TestedEngine.allCases,
        [1, 2, 100])
    func folders(of engine: TestedEngine, limit: Int) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        try await test.put(
            ["a", "a/1", "a/2", "a/b/3", "b", "c//x", "c/y", "d:e", "é/ü", "/root", "z/"], in: namespace)
        var keys: [String] = []
        var folders: [String: Int?] = [:]
        var cursor: PageCursor?
        repeat {
            let query = KeyQuery(cursor: cursor, limit: limit)
            let page = try await test.engine.folders(in: namespace, query, delimiter: [UInt8(ascii: "/")])
            #expect(page.keys.count + page.folders.count <= limit)
            keys += page.keys.map(\.key.name)
            for folder in page.folders { folders[folder.prefix.name] = folder.keyCount }
            cursor = page.cursor
        } while cursor != nil
        #expect(keys == ["a", "b", "d:e"])
        #expect(Set(folders.keys) == ["a/", "c/", "é/", "/", "z/"])
        #expect(folders["a/"] == 3 || folders["a/"] == .some(nil))

        let below = try await test.engine.folders(
            in: namespace, KeyQuery(prefix: Array("a/".utf8), limit: 10), delimiter: [UInt8(ascii: "/")])
        #expect(below.keys.map(\.key.name) == ["a/1", "a/2"])
        #expect(below.folders.map(\.prefix.name) == ["a/b/"])
    }

    @Test("a made-up cursor is refused", arguments: TestedEngine.allCases)
    func foreignCursor(of engine: TestedEngine) async throws {
        let test = try await EngineUnderTest(engine)
        let namespace = try await test.namespace()
        await expectCode(.invalidCursor) {
            _ = try await test.engine.keys(in: namespace, KeyQuery(cursor: PageCursor("not one!"), limit: 1))
        }
    }
}
