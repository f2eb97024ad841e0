import CloudflareEngine
import Foundation
import KVModel
import SQLiteEngine
import Synchronization
import TestSupport
import Testing

/// The engines that pass the same tests. A new one is added here and created in `EngineUnderTest`.
enum TestedEngine: CaseIterable {
    case sqlite
    /// In front of this program's own gateway, and so of an embedded store.
    case cloudflare
    case memory
}

/// An empty engine for one test, and a clock that stands still until it is moved.
final class EngineUnderTest: Sendable {
    let engine: any KeyValueEngine
    let clock: TestClock
    private let folder: URL
    private let served: ServedStore?

    init(_ tested: TestedEngine) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let clock = TestClock()
        self.clock = clock
        let path = folder.appending(path: "store.sqlite").path
        func embedded() throws -> SQLiteEngine { try SQLiteEngine(path: path, clock: clock.clock) }
        switch tested {
        case .sqlite: (engine, served) = (try embedded(), nil)
        case .memory: (engine, served) = (MemoryEngine(), nil)
        case .cloudflare:
            let served = try await ServedStore(embedded(), folder: folder.path, clock: clock.clock)
            let account = CloudflareAccount(
                id: "local", token: CloudflareToken("any"), baseURL: "\(served.url)/client/v4",
                quota: try RequestQuota("1000000/1s"))
            engine = CloudflareEngine(account, clock: clock.clock)
            self.served = served
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func can(_ capability: EngineCapabilities) -> Bool { engine.traits.capabilities.contains(capability) }

    /// Metadata, where the engine keeps any.
    func metadata(_ json: String) throws -> Metadata? {
        can(.metadata) ? try Metadata(json: Array(json.utf8)) : nil
    }

    /// An expiration, where entries of the engine can expire.
    func expiration(in seconds: Int64) -> Expiration? {
        can(.ttl) ? Expiration(stored: clock.seconds + seconds) : nil
    }

    func namespace(_ title: String = "test") async throws -> NamespaceID {
        try await engine.createNamespace(titled: title).id
    }

    /// All keys of a namespace, by pages of `limit`.
    func allKeys(in namespace: NamespaceID, prefix: String = "", limit: Int = 1_000) async throws -> [String] {
        var names: [String] = []
        var cursor: PageCursor?
        repeat {
            let query = KeyQuery(prefix: Array(prefix.utf8), cursor: cursor, limit: limit)
            let page = try await engine.keys(in: namespace, query)
            #expect(page.items.count <= limit)
            names += page.items.map(\.key.name)
            cursor = page.cursor
        } while cursor != nil
        return names
    }

    func put(_ names: [String], in namespace: NamespaceID, value: String = "v") async throws {
        let entries = try names.map { Entry(key: try Key($0), value: Array(value.utf8)) }
        _ = try await engine.write(entries, in: namespace, when: .always)
    }
}

final class TestClock: Sendable {
    private let now = Atomic<Int64>(1_800_000_000_000)

    var milliseconds: Int64 { now.load(ordering: .relaxed) }
    var seconds: Int64 { milliseconds / 1_000 }

    var clock: WallClock { WallClock { Timestamp(milliseconds: self.milliseconds) } }

    func advance(seconds: Int64) { now.wrappingAdd(seconds * 1_000, ordering: .relaxed) }
}

/// Names that tools of this field are known to damage.
let oddNames = [
    "a/b c%?#é", String(repeating: "k", count: 512), "line\nbreak", "😀", "..a", "__proto__", "עברית", "é", "e\u{301}",
    "\u{FF21}", "list", "%2F", "a//b", " ", "\u{0}nul", "<img src=x onerror=alert(1)>", "'; DROP TABLE entry; --",
    "\u{FEFF}bom",
]

func bytewise(_ names: [String]) -> [String] {
    names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
}

func expectCode(
    _ code: KVError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("expected \(code), and nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as KVError {
        #expect(error.code == code, sourceLocation: sourceLocation)
    } catch {
        Issue.record("expected \(code), not \(error)", sourceLocation: sourceLocation)
    }
}
