import Foundation
import KVLedger
import SQLiteLedger
import Testing

/// The protocols that a ledger implements.
typealias AnyLedger = AuditStore & AnnotationStore & KeyListStore

/// A kind of ledger. Each passes the same tests; a new one is added to `all`.
struct LedgerUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let open: @Sendable (_ folder: String) throws -> any AnyLedger

    static let all = [
        LedgerUnderTest(testDescription: "SQLite") { try Ledger(path: "\($0)/ledger.sqlite", works: StoredTexts()) }
    ]

    /// Opens an empty ledger for as long as `body` runs.
    func withLedger(_ body: (any AnyLedger) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(open(folder))
    }
}

/// Leaves the work of jobs as it is stored.
private struct StoredTexts: JobWorkReader {
    func work(ofKind kind: String, stored text: String) -> any JobWork { UnknownWork(kindName: kind, text: text) }
}
