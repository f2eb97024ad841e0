import GRDB

extension SQLiteLedger {
    /// How many migrations have led to its tables.
    package static var schemaVersion: Int { migrator.migrations.count }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE selection (number INTEGER PRIMARY KEY AUTOINCREMENT);
                    CREATE TABLE selected_key (
                        selection INTEGER NOT NULL REFERENCES selection ON DELETE CASCADE,
                        key BLOB NOT NULL,
                        PRIMARY KEY (selection, key)) WITHOUT ROWID;
                    CREATE TABLE job (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        idempotency_key TEXT UNIQUE,
                        kind TEXT NOT NULL,
                        state TEXT NOT NULL,
                        store TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        namespace_title TEXT NOT NULL,
                        work TEXT NOT NULL,
                        selection INTEGER REFERENCES selection,
                        created_by TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        started_at INTEGER,
                        finished_at INTEGER,
                        sequence INTEGER NOT NULL DEFAULT 0,
                        total INTEGER,
                        succeeded INTEGER NOT NULL DEFAULT 0,
                        failed INTEGER NOT NULL DEFAULT 0,
                        skipped INTEGER NOT NULL DEFAULT 0,
                        bytes INTEGER NOT NULL DEFAULT 0,
                        requests INTEGER NOT NULL DEFAULT 0,
                        current_key TEXT,
                        checkpoint TEXT,
                        error_code TEXT,
                        error_detail TEXT,
                        download TEXT);
                    CREATE INDEX job_created ON job(created_at);
                    CREATE INDEX job_state ON job(state, created_at);
                    CREATE INDEX job_namespace ON job(store, namespace, created_at);
                    CREATE TABLE event (
                        job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
                        number INTEGER NOT NULL,
                        at INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        detail TEXT NOT NULL,
                        PRIMARY KEY (job, number)) WITHOUT ROWID;
                    CREATE TABLE failure (
                        job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
                        number INTEGER NOT NULL,
                        key TEXT,
                        line INTEGER,
                        code TEXT NOT NULL,
                        detail TEXT NOT NULL,
                        attempts INTEGER NOT NULL,
                        PRIMARY KEY (job, number)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: "ALTER TABLE job ADD COLUMN exact INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("3") { db in
            try db.execute(
                sql: """
                    ALTER TABLE job ADD COLUMN keeps_pre_images INTEGER;
                    ALTER TABLE job ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN retry_of TEXT;
                    ALTER TABLE job ADD COLUMN undo_of TEXT;
                    CREATE TABLE tagged (
                        store TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        key BLOB NOT NULL,
                        tags TEXT NOT NULL,
                        PRIMARY KEY (store, namespace, key)) WITHOUT ROWID;
                    CREATE INDEX failure_line ON failure(job, line) WHERE line IS NOT NULL;
                    -- Jobs that an earlier version was at when it ended: it kept nothing by which they could go on.
                    UPDATE job SET state = 'failed', finished_at = coalesce(started_at, created_at),
                        error_code = 'interrupted', error_detail = 'KV Manager ended while this job was at work. What '
                            || 'it had done by then stays done; start it again for the rest.'
                    WHERE state IN ('queued', 'running', 'paused');
                    """)
        }
        migrator.registerMigration("4") { db in
            // Lists of jobs go by columns in memory. What is left is for the start of the program and for what ages: an index
            // that changes with the end of a job, and one of a few rows.
            try db.execute(
                sql: """
                    DROP INDEX job_created;
                    DROP INDEX job_state;
                    DROP INDEX job_namespace;
                    CREATE INDEX job_unfinished ON job(number) WHERE state IN ('queued', 'running', 'paused');
                    CREATE INDEX job_finished ON job(finished_at) WHERE finished_at IS NOT NULL;
                    CREATE INDEX job_selection ON job(selection) WHERE selection IS NOT NULL;
                    """ + auditTables)
        }
        migrator.registerMigration("5") { db in
            try db.execute(
                sql: """
                    CREATE INDEX job_undo ON job(undo_of) WHERE undo_of IS NOT NULL;
                    ALTER TABLE audit ADD COLUMN request TEXT;
                    """)
        }
        migrator.registerMigration("6") { db in
            try db.execute(
                sql: """
                    ALTER TABLE tagged RENAME TO annotation;
                    ALTER TABLE annotation ADD COLUMN color TEXT;
                    ALTER TABLE annotation ADD COLUMN custom_metadata BLOB;
                    """)
        }
        migrator.registerMigration("7") { db in try shortenJobs(in: db) }
        migrator.registerMigration("8") { db in
            try db.execute(
                sql: """
                    ALTER TABLE job ADD COLUMN request TEXT;
                    ALTER TABLE job ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN request_digest TEXT;
                    -- Earlier versions did not store whether a job was stopped within a batch.
                    UPDATE job SET begun = 1 WHERE state IN ('queued', 'running', 'paused') AND started_at IS NOT NULL;
                    """)
        }
        migrator.registerMigration("9") { db in
            try db.execute(
                sql: """
                    ALTER TABLE selection ADD COLUMN state TEXT NOT NULL DEFAULT 'used';
                    ALTER TABLE selection ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE selection ADD COLUMN keys INTEGER NOT NULL DEFAULT 0;
                    UPDATE selection SET state = 'dropped'
                        WHERE number NOT IN (SELECT selection FROM job WHERE selection IS NOT NULL);
                    CREATE INDEX selection_unused ON selection(created_at) WHERE state = 'unused';
                    CREATE INDEX selection_dropped ON selection(number) WHERE state = 'dropped';
                    CREATE INDEX job_deleted ON job(number) WHERE state = 'deleted';
                    CREATE TABLE clock (number INTEGER PRIMARY KEY CHECK (number = 1), trusted_at INTEGER NOT NULL);
                    INSERT INTO clock SELECT 1, newest FROM (SELECT max(coalesce((SELECT max(at) FROM audit), 0),
                        coalesce((SELECT max(created_at) FROM job), 0)) AS newest) WHERE newest > 0;
                    """)
        }
        migrator.registerMigration("10") { db in
            try db.execute(sql: "ALTER TABLE job ADD COLUMN missing INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("11") { db in
            // For lists; see `JobListQuery`. No column of these changes while a job runs.
            try db.execute(
                sql: """
                    CREATE INDEX job_created
                        ON job(created_at, number, state, kind, store, namespace, started_at, finished_at);
                    CREATE INDEX job_in_namespace ON job(namespace, created_at, number, state, kind, store);
                    CREATE INDEX job_census ON job(kind, state);
                    """)
        }
        return migrator
    }
}
