import Foundation
import GRDB
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import SQLiteLedger

@Suite("Bulk work of the SQLite ledger")
struct ChunkTests {
    @Test("changes some thousand rows in a transaction, so that other writers get their turn")
    func chunks() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try SQLiteLedger(path: "\(folder)/ledger.sqlite", works: TextWorks())
        let rows = RowCount()
        ledger.database.add(transactionObserver: rows, extent: .databaseLifetime)

        let list = try ledger.newKeyList(now: 1)
        try ledger.add(try (0..<20_000).map { try Key("key:\($0)") }, toKeyList: list)
        let namespace = NamespaceID("n")
        for start in stride(from: 0, to: 10_000, by: 2_000) {
            let keys = try (start..<start + 2_000).map { try Key("key:\($0)") }
            try await ledger.changeAnnotations(
                Dictionary(uniqueKeysWithValues: keys.map { ($0, AnnotationChange(tags: ["t"])) }), in: namespace,
                of: "local", usesReserve: false)
        }
        try await ledger.dropAnnotations(in: namespace, of: "local")
        try ledger.abandonKeyList(list)
        try await ledger.sweep()
        #expect(rows.largest <= 2_001)
        #expect(rows.transactions >= 30)
    }
}

/// Counts the rows that each transaction changes.
private final class RowCount: TransactionObserver {
    private var rows = 0
    private(set) var largest = 0
    private(set) var transactions = 0

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) { rows += 1 }
    func databaseDidCommit(_ db: Database) {
        largest = max(largest, rows)
        transactions += 1
        rows = 0
    }
    func databaseDidRollback(_ db: Database) { rows = 0 }
}
