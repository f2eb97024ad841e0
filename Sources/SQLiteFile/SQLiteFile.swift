import Foundation
package import GRDB
import KVFiles
package import KVModel

/// Opens the program's SQLite files, all in one way: WAL, durable at commit, migrated after a backup, never by an older program.
package enum SQLiteFile {
    /// The one writing connection to a file, which is created if it is not there.
    ///
    /// - Parameter cacheKibibytes: For pages of the file; the system's own cache does the rest.
    ///
    /// Throws `store_unavailable` for a file of a newer schema, or one that cannot be opened.
    package static func open(
        _ path: String, migrator: DatabaseMigrator, cacheKibibytes: Int = 16_384
    ) throws -> DatabaseQueue {
        do {
            let path = try trusted(path)
            let isNew = !FileManager.default.fileExists(atPath: path)
            var configuration = Configuration.ofUsualPriority
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { db in
                // FULL: what has been answered survives a power cut. SECURE_DELETE, which Debian compiles in, would
                // overwrite each deleted page for nothing here: whoever reads the file reads the entries too.
                try db.execute(
                    sql: """
                        PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;
                        PRAGMA cache_size = -\(cacheKibibytes); PRAGMA journal_size_limit = 67108864
                        """)
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let (isNewer, isCurrent) = try queue.read { db in
                (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
            }
            guard !isNewer else {
                throw KVError(
                    .storeUnavailable,
                    "\(path) was written by a newer version of KV Manager. Start that version, or use another data folder."
                )
            }
            if !isCurrent {
                if !isNew { try backUp(queue, beside: path) }
                try migrator.migrate(queue)
            }
            return queue
        } catch let error as DatabaseError {
            throw KVError(sqlite: error.extendedResultCode.rawValue, message: "\(path): \(error)")
        }
    }

    /// A connection that only reads a file which `open` has opened.
    package static func openForReading(_ path: String, cacheKibibytes: Int = 16_384) throws -> DatabaseQueue {
        do {
            var configuration = Configuration.ofUsualPriority
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            }
            return try DatabaseQueue(path: trusted(path), configuration: configuration)
        } catch let error as DatabaseError {
            throw KVError(sqlite: error.extendedResultCode.rawValue, message: "\(path): \(error)")
        }
    }

    /// Moves what is in the log into the file, removes the log, and closes the connection, which must be the last one. Blocks.
    package static func close(_ queue: DatabaseQueue) throws {
        do {
            try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            try queue.close()
        } catch let error as DatabaseError {
            throw KVError(error)
        }
    }

    /// Returns the path without links in the folders before the file, as `SQLITE_OPEN_NOFOLLOW` needs it.
    ///
    /// Throws `store_unavailable` where it, or a file that SQLite keeps beside it, is a link, no file, or that of another user.
    /// GRDB has no way to pass that flag on, and SQLite follows links without it.
    /// - Parameter isOwn: Whether the file must belong to the process' user.
    package static func trusted(_ path: String, isOwn: Bool = true) throws(KVError) -> String {
        let url = URL(fileURLWithPath: path)
        let folder = realpath(url.deletingLastPathComponent().path, nil)
        defer { free(folder) }
        guard let folder else {
            throw KVError(
                .storeUnavailable, "The folder of \(path) cannot be reached.", cause: String(cString: strerror(errno)))
        }
        let resolved = "\(String(cString: folder))/\(url.lastPathComponent)"
        do {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                try TrustedFile.check(resolved + suffix, isOwn: isOwn)
            }
        } catch {
            throw KVError(.storeUnavailable, "\(error)")
        }
        return resolved
    }

    /// Writes to the file, little and without effect: the transaction fails where any other would.
    package static func probe(_ db: Database) throws {
        let number = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        try db.execute(sql: "PRAGMA user_version = \(number &+ 1)")
    }

    private static func backUp(_ queue: DatabaseQueue, beside path: String) throws {
        let done = try queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM grdb_migrations") ?? 0 }
        let backup = "\(path).before-schema-\(done + 1)"
        // Whatever is there, a link that leads nowhere too: SQLite would follow it.
        guard unlink(backup) == 0 || errno == ENOENT else {
            throw KVError(
                .storeUnavailable, "\(backup) cannot be replaced.", cause: String(cString: strerror(errno)))
        }
        try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [backup]) }
    }
}

extension KVError {
    package init(_ error: DatabaseError) {
        self.init(sqlite: error.extendedResultCode.rawValue, message: "\(error)")
    }

    /// What a result code of SQLite means here; its own message goes to the log only.
    package init(sqlite code: Int32, message: String) {
        switch code & 0xFF {
        case 13:  // SQLITE_FULL
            self.init(
                .diskFull, "The disk is full, so this was not written. Free some space and try again.", cause: message)
        case 10 where code == 778 || code == 1034 || code == 4874:  // IOERR_WRITE, IOERR_FSYNC, IOERR_SHMSIZE
            self.init(
                .diskFull, "The disk took no more, so this was not written. Free some space and try again.",
                cause: message)
        case 5, 6:  // SQLITE_BUSY, SQLITE_LOCKED
            self.init(.storeUnavailable, "The store is busy; try again.", cause: message)
        default:
            self.init(
                .storeUnavailable, "The store's file cannot be used. See the server log for the reason.", cause: message
            )
        }
    }
}
