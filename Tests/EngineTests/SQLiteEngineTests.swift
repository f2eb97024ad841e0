import Foundation
import GRDB
import KVModel
import Logging
import TestSupport
import Testing

@testable import SQLiteEngine
@testable import SQLiteFile

@Suite("The embedded store")
struct SQLiteEngineTests {
    private func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    private func rows(_ table: String, _ engine: SQLiteEngine) async throws -> Int {
        try await engine.writer.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    @Test("sweeps expired entries with their values, and keeps the counts")
    func sweeping() async throws {
        let clock = TestClock()
        let engine = try SQLiteEngine(path: "\(try folder())/s.sqlite", clock: clock.clock)
        let namespace = try await engine.createNamespace(titled: "n").id
        let soon = Expiration(stored: clock.seconds + 60)
        let entries = try (0..<(Sweeper.step + 10)).map {
            Entry(key: try Key("k\($0)"), value: [1, 2], expiration: $0 == 0 ? nil : soon)
        }
        _ = try await engine.write(entries, in: namespace, when: .always)
        let sweeper = Sweeper(engine, logger: Logger(label: "test"))
        #expect(try await sweeper.sweep() == 0)
        clock.advance(seconds: 60)
        #expect(try await sweeper.sweep() == Sweeper.step)
        #expect(try await sweeper.sweep() == 9)
        #expect(try await sweeper.sweep() == 0)
        #expect(try await engine.namespace(namespace).keyCount == 1)
        #expect(try await engine.namespace(namespace).valueBytes == 2)
        #expect(try await rows("entry", engine) == 1)
        #expect(try await rows("value", engine) == 1)
    }

    @Test(
        "reads, lists, replaces and sweeps what a damaged file holds without a trap",
        arguments: [Int64.max, Int64.max - 1, Int64.min, -1, 1 << 40])
    func impossibleNumbers(number: Int64) async throws {
        let clock = TestClock()
        for column in ["size", "value_id"] {
            let engine = try SQLiteEngine(path: "\(try folder())/s.sqlite", clock: clock.clock)
            let namespace = try await engine.createNamespace(titled: "n").id
            let keys = try (0..<4).map { try Key("k\($0)") }
            let entries = keys.map {
                Entry(key: $0, value: [1, 2], expiration: $0 == keys[3] ? Expiration(stored: clock.seconds + 60) : nil)
            }
            _ = try await engine.write(entries, in: namespace, when: .always)
            try await engine.writer.write { db in
                try db.execute(sql: "UPDATE entry SET \(column) = ?", arguments: [number])
                if number > 0, column == "value_id" {
                    try db.execute(sql: "UPDATE sequence SET next_value_id = ?", arguments: [number])
                }
            }
            let page = try? await engine.keys(in: namespace, KeyQuery(prefix: [], cursor: nil, limit: 10))
            #expect(page?.items.count == 4)
            for key in keys { _ = try? await engine.read([key], in: namespace, bytes: .max) }
            _ = try? await engine.write([Entry(key: keys[0], value: [3])], in: namespace, when: .always)
            clock.advance(seconds: 60)
            _ = try? await Sweeper(engine, logger: Logger(label: "test")).sweep()
            try await engine.deleteNamespace(namespace)
            _ = try? await Sweeper(engine, logger: Logger(label: "test")).sweep()
            try engine.close()
        }
    }

    @Test("leaves all in its one file when it is closed, and then answers that it is ending")
    func closing() async throws {
        let folder = try folder()
        let engine = try SQLiteEngine(path: "\(folder)/s.sqlite", clock: .at(1_000))
        let namespace = try await engine.createNamespace(titled: "n").id
        _ = try await engine.write([Entry(key: try Key("k"), value: [1])], in: namespace, when: .always)
        _ = try await engine.read([try Key("k")], in: namespace, bytes: .max)
        try engine.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.sqlite"])
        await #expect(throws: KVError.self) { try await engine.read([try Key("k")], in: namespace, bytes: .max) }
        await #expect(throws: KVError.self) {
            try await engine.write([Entry(key: try Key("k"), value: [1])], in: namespace, when: .always)
        }
        let again = try SQLiteEngine(path: "\(folder)/s.sqlite", clock: .at(1_000))
        #expect(try await again.read([try Key("k")], in: namespace, bytes: .max)[0]?.entry.value == [1])
    }

    @Test(
        "refuses a file that is a link, and one whose log is",
        arguments: ["s.sqlite", "s.sqlite-wal", "s.sqlite-shm", "s.sqlite-journal"])
    func links(name: String) throws {
        let folder = try folder()
        let elsewhere = "\(folder)/elsewhere"
        try Data("of others".utf8).write(to: URL(filePath: elsewhere))
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: elsewhere)
        #expect {
            try SQLiteEngine(path: "\(folder)/s.sqlite", clock: .at(1_000))
        } throws: { ($0 as? KVError)?.detail.contains("symbolic link") ?? false }
        #expect(FileManager.default.contents(atPath: elsewhere) == Data("of others".utf8))
    }

    @Test("clears a deleted namespace away step by step, and no other")
    func clearing() async throws {
        let engine = try SQLiteEngine(path: "\(try folder())/s.sqlite", clock: .at(1_000))
        let doomed = try await engine.createNamespace(titled: "doomed").id
        let kept = try await engine.createNamespace(titled: "kept").id
        let entries = try (0..<(2 * Sweeper.step + 1)).map { Entry(key: try Key("k\($0)"), value: [1]) }
        _ = try await engine.write(entries, in: doomed, when: .always)
        _ = try await engine.write(Array(entries.prefix(3)), in: kept, when: .always)
        try await engine.deleteNamespace(doomed)
        // The title is free at once.
        _ = try await engine.createNamespace(titled: "doomed")
        let sweeper = Sweeper(engine, logger: Logger(label: "test"))
        var steps = 0
        while try await sweeper.sweep() > 0 { steps += 1 }
        #expect(steps == 3)
        #expect(try await rows("entry", engine) == 3)
        #expect(try await rows("value", engine) == 3)
        #expect(try await rows("cleared", engine) == 0)
    }

    @Test("a large value that was cut off leaves nothing behind at the next start")
    func unfinishedValue() async throws {
        let path = "\(try folder())/s.sqlite"
        do {
            let engine = try SQLiteEngine(path: path, clock: .at(1_000))
            var value = LargeValue(engine: engine)
            try await value.append([UInt8](repeating: 7, count: 3 << 20))
            #expect(try await rows("value", engine) == 2)
        }
        let engine = try SQLiteEngine(path: path, clock: .at(1_000))
        var going = LargeValue(engine: engine)
        try await going.append([UInt8](repeating: 8, count: 3 << 20))
        try await engine.dropUnfinished()
        #expect(try await rows("value", engine) == 2, "one that is being written stays")
        await going.abandon()
        #expect(try await rows("value", engine) == 0)
        #expect(try await rows("staged", engine) == 0)
    }

    @Test("refuses a file of a newer schema, and leaves it as it is")
    func newerSchema() async throws {
        let path = "\(try folder())/s.sqlite"
        do {
            let engine = try SQLiteEngine(path: path, clock: .at(1_000))
            try await engine.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('999')") }
        }
        await expectCode(.storeUnavailable) { _ = try SQLiteEngine(path: path, clock: .at(1_000)) }
    }

    @Test("keeps a copy of the file from before a migration")
    func backup() throws {
        let path = "\(try folder())/s.sqlite"
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: "CREATE TABLE t (x)") }
        try SQLiteFile.open(path, migrator: migrator).write { db in try db.execute(sql: "INSERT INTO t VALUES (42)") }
        migrator.registerMigration("2") { db in try db.execute(sql: "DELETE FROM t") }
        #expect(
            try SQLiteFile.open(path, migrator: migrator).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") }
                == 0)
        let copy = try DatabaseQueue(path: "\(path).before-schema-2")
        #expect(try copy.read { db in try Int.fetchOne(db, sql: "SELECT x FROM t") } == 42)
    }

    @Test("a migration that fails changes nothing")
    func failingMigration() throws {
        struct Broken: Error {}
        let path = "\(try folder())/s.sqlite"
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: "CREATE TABLE t (x)") }
        _ = try SQLiteFile.open(path, migrator: migrator)
        var broken = migrator
        broken.registerMigration("2") { db in
            try db.execute(sql: "CREATE TABLE half (x)")
            throw Broken()
        }
        #expect(throws: Broken.self) { _ = try SQLiteFile.open(path, migrator: broken) }
        let tables = try SQLiteFile.open(path, migrator: migrator).read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name IN ('t', 'half')")
        }
        #expect(tables == ["t"])
    }
}

@Suite("The embedded store's log")
struct LogLengthTests {
    @Test("begins anew although somebody reads between any two writes")
    func steadyReading() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.sqlite").path
        let engine = try SQLiteEngine(path: path, clock: .at(1_800_000_000_000))
        let namespace = try await engine.createNamespace(titled: "n").id
        let key = try Key("k")
        // 100 MB in all.
        for number in 0..<100 {
            let value = [UInt8](repeating: UInt8(number), count: 1_000_000)
            _ = try await engine.write([Entry(key: key, value: value)], in: namespace, when: .always)
            let read = try await engine.readValue(of: key, in: namespace)
            #expect(read.first.first == UInt8(number))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        let size = try #require(attributes[.size] as? Int)
        #expect(size < 20_000_000)
    }
}

@Suite("The order of a batch")
struct KeyOrderTests {
    @Test("is that of the keys' bytes, equal ones as given", arguments: 0..<20)
    func order(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = ["", "a", "b", "\u{0}", "é", "prefix:", "z", "😀"]
        let keys = try (0..<300).map { _ in
            try Key(
                "user:"
                    + (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                        alphabet.randomElement(using: &generator) ?? ""
                    }.joined())
        }
        let expected = keys.indices.sorted {
            keys[$0].bytes == keys[$1].bytes ? $0 < $1 : keys[$0].bytes.lexicographicallyPrecedes(keys[$1].bytes)
        }
        #expect(KeyOrder.of(keys, by: \.self) == expected)
        let sorted = expected.map { keys[$0] }
        #expect(KeyOrder.of(sorted, by: \.self) == Array(sorted.indices))
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
