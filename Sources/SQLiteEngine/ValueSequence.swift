import GRDB

/// The ids of values, and the rows that lie under them.
enum ValueSequence {
    static func next(in db: Database) throws -> Int {
        let statement = try db.statement("SELECT next_value_id FROM sequence")
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : 1
    }

    static func set(_ next: Int, in db: Database) throws {
        let statement = try db.statement("UPDATE sequence SET next_value_id = ?1")
        statement.bind(next, at: 1)
        try statement.run()
    }

    static func insert(_ value: [UInt8], id: Int, in db: Database) throws {
        let statement = try db.statement("INSERT INTO value (id, bytes) VALUES (?1, ?2)")
        for (piece, start) in stride(from: 0, to: value.count, by: Schema.pieceBytes).enumerated() {
            statement.bind(id + piece, at: 1)
            let isWhole = value.count <= Schema.pieceBytes
            statement.bind(
                isWhole ? value : Array(value[start..<min(start + Schema.pieceBytes, value.count)]), at: 2)
            try statement.run()
        }
    }

    static func drop(id: Int, size: Int, in db: Database) throws {
        let pieces = Schema.pieces(of: size)
        guard pieces > 0 else { return }
        let statement = try db.statement("DELETE FROM value WHERE id >= ?1 AND id < ?2")
        statement.bind(id, at: 1)
        statement.bind(id + pieces, at: 2)
        try statement.run()
    }
}
