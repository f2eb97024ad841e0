import Foundation
package import GRDB
package import KVModel

/// Columns of a ledger that may be damaged. SQLite keeps a value of any type in any column, and GRDB ends the program where it
/// cannot convert one. Here such a value counts as absent: as `nil`, 0 or an empty text.
///
/// These are chosen over GRDB's own subscripts, which are generic.
extension Row {
    subscript(_ column: String) -> Int64? { Self.integer(self[column]) }
    subscript(_ column: String) -> Int64 { self[column] as Int64? ?? 0 }
    subscript(_ column: String) -> Timestamp? { (self[column] as Int64?).map { Timestamp(milliseconds: $0) } }
    subscript(_ column: String) -> Timestamp { Timestamp(milliseconds: self[column]) }
    /// A count: not negative, and limited to what sums of a few cannot overflow.
    subscript(_ column: String) -> Int? {
        // With `map` in place of `guard`, an optimized build ends in a fault of the compiler (Swift 6.3.1).
        guard let number = self[column] as Int64? else { return nil }
        return Int(Swift.max(0, Self.bounded(number)))
    }
    subscript(_ column: String) -> Int { self[column] as Int? ?? 0 }
    subscript(_ column: String) -> Bool? { Self.integer(self[column]).map { $0 != 0 } }
    subscript(_ column: String) -> Bool { self[column] as Bool? ?? false }
    subscript(_ column: String) -> String? { text(column) }
    subscript(_ column: String) -> String { text(column) ?? "" }
    subscript(_ column: String) -> Data? {
        switch (self[column] as DatabaseValue).storage {
        case .blob(let data): data
        case .string(let text): Data(text.utf8)
        default: nil
        }
    }

    subscript(_ index: Int) -> Int64? { Self.integer(self[index]) }
    subscript(_ index: Int) -> Int64 { self[index] as Int64? ?? 0 }
    subscript(_ index: Int) -> String { LedgerText.fromDatabaseValue(self[index])?.string ?? "" }

    /// A time or a count, with which can be calculated.
    func bounded(_ index: Int) -> Int64 { Self.bounded(self[index]) }

    /// A text that may name a key; see `LedgerText`.
    func text(_ column: String) -> String? { LedgerText.fromDatabaseValue(self[column])?.string }

    private static func bounded(_ number: Int64) -> Int64 {
        let most: Int64 = 1 << 53
        return Swift.max(-most, Swift.min(number, most))
    }

    private static func integer(_ value: DatabaseValue) -> Int64? {
        if case .int64(let number) = value.storage { number } else { nil }
    }
}

/// Stored as its milliseconds.
extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { milliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map { Timestamp(milliseconds: $0) }
    }
}
