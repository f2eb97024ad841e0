import Foundation
import KVLedger
import SQLiteLedger
import TestSupport
import Testing

/// A kind of ledger. Each passes the same tests; a new one is added to `all`.
struct LedgerUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let open: @Sendable (_ folder: String) throws -> any Ledger

    static let all = [
        LedgerUnderTest(testDescription: "SQLite") { try SQLiteLedger(path: "\($0)/ledger.sqlite", works: TextWorks()) }
    ]

    /// Opens an empty ledger for as long as `body` runs.
    func withLedger(_ body: (any Ledger) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(open(folder))
    }
}
