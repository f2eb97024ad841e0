import Foundation
import GRDB

/// Text that may name a key, and so hold NUL, where a text of SQLite would end: then it lies there as a blob.
struct LedgerText: DatabaseValueConvertible {
    let string: String

    init(_ string: String) {
        self.string = string
    }

    var databaseValue: DatabaseValue {
        string.utf8.contains(0) ? Data(string.utf8).databaseValue : string.databaseValue
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> LedgerText? {
        switch value.storage {
        case .string(let string): LedgerText(string)
        case .blob(let data): LedgerText(String(decoding: data, as: UTF8.self))
        default: nil
        }
    }
}
