import SQLiteEngine
import SQLiteLedger

/// Numbers of the forms in which a version writes its data: one that has the same numbers reads what the other wrote.
///
/// What jobs write into files changes together with the ledger's number.
struct DataFormats: Codable, Equatable, Sendable {
    var store: Int
    var ledger: Int

    static var current: DataFormats { DataFormats(store: Schema.version, ledger: SQLiteLedger.schemaVersion) }
}
