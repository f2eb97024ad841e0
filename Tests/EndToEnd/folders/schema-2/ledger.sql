BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1'), ('2');
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
ALTER TABLE job ADD COLUMN exact INTEGER NOT NULL DEFAULT 0;
INSERT INTO selection VALUES (1);
INSERT INTO selected_key VALUES (1, X'61'), (1, X'63');
INSERT INTO job (number, id, kind, state, store, namespace, namespace_title, work, selection, created_by, created_at,
    started_at, finished_at, sequence, total, succeeded, failed, skipped, bytes, requests, current_key, checkpoint,
    error_code, error_detail, download) VALUES
(1, '00000001-0000-4000-8000-000000000000', 'copy', 'completed', 'local', '00000000000000000000000000000001', 'small',
    '{"copy":{"_0":{"all":{}},"collision":"overwrite","target":{"namespace":"00000000000000000000000000000002","store":"local"}}}',
    NULL, 'local', 1795541276893, 1795541276911, 1795541276948, 4, 3, 3, 0, 0, 12, 2, 'c',
    '{"outputBytes":0,"outputRecords":0,"source":{"cursor":{"_0":"a3Zj"}}}', NULL, NULL, NULL),
(2, '00000002-0000-4000-8000-000000000000', 'import', 'incomplete', 'local', '00000000000000000000000000000001', 'small',
    '{"importing":{"collision":"overwrite"}}',
    NULL, 'local', 1795541277667, 1795541277685, 1795541277690, 5, 2, 1, 1, 0, 1, 1, 'b', NULL, NULL, NULL, NULL),
(3, '00000003-0000-4000-8000-000000000000', 'export', 'completed', 'local', '00000000000000000000000000000001', 'small',
    '{"export":{"_0":{"all":{}},"_1":{"format":"ndjson","isGzipped":false,"neutralisesFormulas":false}}}',
    NULL, 'local', 1795541278113, 1795541278129, 1795541278146, 4, 3, 3, 0, 0, 12, 1, 'c',
    '{"outputBytes":28,"outputRecords":1,"source":{"start":{}}}', NULL, NULL, '{"bytes":28,"name":"small-2026-11-24.ndjson"}'),
(4, '00000004-0000-4000-8000-000000000000', 'delete', 'failed', 'local', '00000000000000000000000000000009', 'deleted',
    '{"delete":{"_0":{"prefix":{"_0":"x"}}}}',
    NULL, 'local', 1795541279113, 1795541279129, 1795541279146, 3, NULL, 0, 0, 0, 0, 0, NULL, NULL, 'namespace_not_found',
    'There is no namespace with the id "00000000000000000000000000000009".', NULL),
(5, '00000005-0000-4000-8000-000000000000', 'delete', 'running', 'local', '00000000000000000000000000000002', 'target',
    '{"delete":{"_0":{"all":{}}}}',
    NULL, 'local', 1795541280113, 1795541280129, NULL, 2, 3, 1, 0, 0, 0, 1, 'a',
    '{"outputBytes":0,"outputRecords":0,"source":{"cursor":{"_0":"a3ZhAA"}}}', NULL, NULL, NULL),
(6, '00000006-0000-4000-8000-000000000000', 'copy', 'queued', 'local', '00000000000000000000000000000001', 'small',
    '{"copy":{"_0":{"keys":{"selection":1}},"collision":"skip","target":{"namespace":"00000000000000000000000000000002","store":"local"}}}',
    1, 'local', 1795541281113, NULL, NULL, 0, NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO event VALUES
(1, 1, 1795541276893, 'created', ''), (1, 2, 1795541276911, 'started', ''),
(1, 3, 1795541276948, 'completed', '3 done, 0 skipped, 0 failed'),
(2, 1, 1795541277667, 'created', ''), (2, 2, 1795541277685, 'started', ''),
(2, 3, 1795541277690, 'incomplete', '1 done, 0 skipped, 1 failed'),
(3, 1, 1795541278113, 'created', ''), (3, 2, 1795541278129, 'started', ''),
(3, 3, 1795541278146, 'completed', '1 done, 0 skipped, 0 failed'),
(4, 1, 1795541279113, 'created', ''), (4, 2, 1795541279129, 'started', ''),
(4, 3, 1795541279146, 'failed', 'There is no namespace with the id "00000000000000000000000000000009".'),
(5, 1, 1795541280113, 'created', ''), (5, 2, 1795541280129, 'started', ''),
(6, 1, 1795541281113, 'created', '');
INSERT INTO failure VALUES (2, 1, '', 2, 'invalid_key', 'A key has at least one byte; this one is empty.', 1);
COMMIT;
