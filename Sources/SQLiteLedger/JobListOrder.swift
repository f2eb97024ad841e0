import GRDB
import KVLedger
import KVModel

/// An order of jobs: by a value, then by number, both in one direction.
struct JobListOrder {
    /// The value in SQL. A time that has not come yet is 0.
    let expression: String
    /// Whether the index `job_created` holds the value.
    let isIndexed: Bool
    /// Whether it is the order of creation, in which the indexes are.
    let isCreation: Bool
    private let isText: Bool

    init(_ order: JobFilter.Order) {
        isCreation = order == .created
        (expression, isIndexed, isText) =
            switch order {
            case .created: ("created_at", true, false)
            case .started: ("ifnull(started_at, 0)", true, false)
            case .finished: ("ifnull(finished_at, 0)", true, false)
            case .processed: ("succeeded + failed + skipped", false, false)
            case .failed: ("failed", false, false)
            case .kind: ("kind", true, true)
            case .state: ("state", true, true)
            }
    }

    /// The value and the number of the last job of a page.
    struct Position {
        var value: DatabaseValue
        var number: Int64
    }

    /// `number:i…` for a number, `number:s…` for a text.
    func cursor(after row: Row) -> PageCursor {
        let number = row["number"] as Int64
        return PageCursor(isText ? "\(number):s\(row["value"] as String)" : "\(number):i\(row["value"] as Int64)")
    }

    /// Throws `invalid_cursor` for a cursor of another order.
    func position(_ cursor: PageCursor) throws(KVError) -> Position {
        let parts = cursor.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]) else { throw KVError.badCursor }
        let text = parts[1].dropFirst()
        switch (parts[1].first, isText) {
        case ("s", true): return Position(value: String(text).databaseValue, number: number)
        case ("i", false):
            guard let value = Int64(text) else { throw KVError.badCursor }
            return Position(value: value.databaseValue, number: number)
        default: throw KVError.badCursor
        }
    }
}
