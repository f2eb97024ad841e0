import GRDB
import KVModel

/// The ids of values, and the rows that lie under them.
enum ValueSequence {
    static func next(in db: Database) throws -> Int {
        let statement = try db.statement("SELECT next_value_id FROM sequence")
        defer { statement.reset() }
        return try statement.step() ? statement.valueID(0) : 1
    }

    static func set(_ next: Int, in db: Database) throws {
        let statement = try db.statement("UPDATE sequence SET next_value_id = ?1")
        statement.bind(next, at: 1)
        try statement.run()
    }

    /// - Parameter statement: `BatchStatements.insertValue`.
    static func insert(_ value: [UInt8], id: Int, by statement: Statement) throws {
        for (piece, start) in stride(from: 0, to: value.count, by: Schema.pieceBytes).enumerated() {
            statement.bind(id + piece, at: 1)
            let isWhole = value.count <= Schema.pieceBytes
            statement.bind(
                isWhole ? value : Array(value[start..<min(start + Schema.pieceBytes, value.count)]), at: 2)
            try statement.run()
        }
    }

    /// Values with neighbouring ids, as entries written together have them, go in one statement.
    static func drop(_ values: [StoredValue], in db: Database) throws {
        var run = 0..<0
        for id in values.lazy.filter({ $0.size > 0 }).map(\.rows).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if id.lowerBound == run.upperBound {
                run = run.lowerBound..<id.upperBound
            } else {
                try drop(run, in: db)
                run = id
            }
        }
        try drop(run, in: db)
    }

    static func drop(_ ids: Range<Int>, in db: Database) throws {
        guard !ids.isEmpty else { return }
        let statement = try db.statement("DELETE FROM value WHERE id >= ?1 AND id < ?2")
        statement.bind(ids.lowerBound, at: 1)
        statement.bind(ids.upperBound, at: 2)
        try statement.run()
    }
}

/// Where an entry's value lies.
struct StoredValue {
    let id: Int
    let size: Int
    let expires: Int64?

    /// A row that begins with value_id, size and expires.
    init(row: Statement) {
        id = row.valueID(0)
        size = row.size(1)
        expires = row.optionalInteger(2)
    }

    var rows: Range<Int> { id..<id + Schema.pieces(of: size) }
    var etag: ETag { ETag(valueID: id, expires: expires) }
    func isPast(at now: Timestamp) -> Bool { expires.map { $0 <= now.seconds } ?? false }
}
