import GRDB

/// What a batch runs for each entry, looked up once a batch.
struct BatchStatements {
    let insertEntry: Statement
    let updateEntry: Statement
    let storedValue: Statement
    let insertValue: Statement

    init(_ db: Database) throws {
        insertEntry = try db.statement(
            """
            INSERT OR IGNORE INTO entry (namespace, key, value_id, size, metadata, expires)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        updateEntry = try db.statement(
            "UPDATE entry SET value_id = ?3, size = ?4, metadata = ?5, expires = ?6 WHERE namespace = ?1 AND key = ?2")
        storedValue = try db.statement("SELECT value_id, size, expires FROM entry WHERE namespace = ?1 AND key = ?2")
        insertValue = try db.statement("INSERT INTO value (id, bytes) VALUES (?1, ?2)")
    }
}
