BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1');
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
INSERT INTO namespace VALUES
(1, '00000000000000000000000000000001', 'small', 1795541270000, 1795541277690, 0, 3, 15),
(2, '00000000000000000000000000000002', 'target', 1795541270001, 1795541280129, 0, 2, 7);
INSERT INTO value VALUES (1, X'6F6C642061'), (2, X'6F6C642062'), (3, X'6F6C642063'), (4, X'6F6C642062'), (5, X'FF00');
UPDATE sequence SET next_value_id = 6;
INSERT INTO entry VALUES
(1, X'61', 1, 5, X'7B226E223A20317D', 4102444800), (1, X'62', 2, 5, NULL, NULL), (1, X'63', 3, 5, NULL, NULL),
(2, X'62', 4, 5, NULL, NULL), (2, X'63', 5, 2, NULL, NULL);
COMMIT;
