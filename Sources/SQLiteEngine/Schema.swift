package import GRDB

/// The embedded store's tables. Keys lie apart from values, so that listing, counting and searching never touch a value.
///
/// A value has an id of its own, from one rising sequence, new with each write. One of more than 1 MiB lies in pieces, in
/// rows of consecutive ids; an empty one has no row.
package enum Schema {
    package static let pieceBytes = 1 << 20

    /// The bytes of a value that are read at once where it is handed on while it is read.
    static let streamedBytes = 32 << 10

    package static func pieces(of size: Int) -> Int { (size + pieceBytes - 1) / pieceBytes }

    /// How many migrations have led to it.
    package static var version: Int { migrator.migrations.count }

    package static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE namespace (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        title TEXT NOT NULL UNIQUE,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER,
                        protected INTEGER NOT NULL DEFAULT 0,
                        key_count INTEGER NOT NULL DEFAULT 0,
                        value_bytes INTEGER NOT NULL DEFAULT 0);
                    CREATE TABLE entry (
                        namespace INTEGER NOT NULL,
                        key BLOB NOT NULL,
                        value_id INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        metadata BLOB,
                        expires INTEGER,
                        PRIMARY KEY (namespace, key)) WITHOUT ROWID;
                    CREATE INDEX entry_expires ON entry(expires) WHERE expires IS NOT NULL;
                    CREATE TABLE value (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    -- Namespaces deleted but not yet cleared away.
                    CREATE TABLE cleared (namespace INTEGER PRIMARY KEY);
                    -- The first ids of large values that are being received.
                    CREATE TABLE staged (value_id INTEGER PRIMARY KEY);
                    CREATE TABLE sequence (next_value_id INTEGER NOT NULL);
                    INSERT INTO sequence VALUES (1);
                    """)
        }
        return migrator
    }
}
