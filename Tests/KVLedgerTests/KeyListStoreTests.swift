import KVLedger
import KVModel
import TestSupport
import Testing

@Suite("The key lists of a ledger")
struct KeyListStoreTests {
    @Test("hold each key once, in byte order, in pages", arguments: LedgerUnderTest.all)
    func order(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let list = try ledger.newKeyList(now: 1)
            // "é", and "e" with a combining accent.
            let names = ["b", "a", "\u{E9}", "e\u{301}", "a\u{0}", "\u{10FFFF}", "a"]
            #expect(try ledger.add(try names.map { try Key($0) }, toKeyList: list) == 6)
            #expect(try ledger.add([try Key("b"), try Key("c")], toKeyList: list) == 1)
            #expect(try await ledger.keyCount(ofKeyList: list) == 7)
            var found: [Key] = []
            while true {
                let page = try await ledger.keys(ofKeyList: list, after: found.last?.name, limit: 2)
                found += page
                if page.count < 2 { break }
            }
            #expect(found == (try (names.dropLast() + ["c"]).map { try Key($0) }).sorted())
        }
    }

    @Test("return those of some keys that they hold", arguments: LedgerUnderTest.all)
    func membership(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let (list, other) = (try ledger.newKeyList(now: 1), try ledger.newKeyList(now: 1))
            let keys = try (0..<10).map { try Key("\($0)") }
            try ledger.add(Array(keys[0..<5]), toKeyList: list)
            try ledger.add(Array(keys[5..<10]), toKeyList: other)
            #expect(try await ledger.keys(keys, inKeyList: list) == Set(keys[0..<5]))
        }
    }

    @Test("do not exist after they are dropped or abandoned", arguments: LedgerUnderTest.all)
    func dropping(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let (dropped, abandoned) = (try ledger.newKeyList(now: 1), try ledger.newKeyList(now: 1))
            try ledger.requireKeyList(dropped)
            try await ledger.dropKeyList(dropped)
            try ledger.abandonKeyList(abandoned)
            for list in [dropped, abandoned, 4_711] {
                let error = #expect(throws: KVError.self) { try ledger.requireKeyList(list) }
                #expect(error?.code == .invalidRequest)
            }
            #expect(try await ledger.keyCount(ofKeyList: 4_711) == 0)
        }
    }

    @Test("that wait to be used are limited to 1,000", arguments: LedgerUnderTest.all)
    func limit(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            var last: Int64 = 0
            for _ in 0..<1_000 { last = try ledger.newKeyList(now: 1) }
            let error = #expect(throws: KVError.self) { try ledger.newKeyList(now: 1) }
            #expect(error?.code == .tooManyKeyLists)
            try ledger.abandonKeyList(last)
            _ = try ledger.newKeyList(now: 1)
        }
    }
}
