BEGIN TRANSACTION;
CREATE TABLE "annotation" (
    store TEXT NOT NULL,
    namespace TEXT NOT NULL,
    key BLOB NOT NULL,
    tags TEXT NOT NULL, color TEXT, custom_metadata BLOB,
    PRIMARY KEY (store, namespace, key)) WITHOUT ROWID;
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000001',X'61','["one","two"]','red',X'7B226F776E6572223A202278227D');
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000001',X'62','["b","three"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000005',X'763A30','["v"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000005',X'763A31','["v"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000005',X'763A32','["v"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000005',X'763A33','["v"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000005',X'763A34','["v"]',NULL,NULL);
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000002',X'61','["one","two"]','red',X'7B226F776E6572223A202278227D');
INSERT INTO "annotation" VALUES('local','00000000000000000000000000000002',X'62','["b"]',NULL,NULL);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    class INTEGER NOT NULL REFERENCES audit_class,
    place INTEGER NOT NULL REFERENCES audit_place,
    via TEXT NOT NULL,
    namespace_title TEXT,
    key TEXT,
    count INTEGER NOT NULL,
    job TEXT,
    job_kind TEXT,
    detail TEXT NOT NULL, request TEXT);
INSERT INTO "audit" VALUES(1,1795981274641,1,1,'api','small',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e7d');
INSERT INTO "audit" VALUES(2,1795981274643,1,2,'api','target',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e7e');
INSERT INTO "audit" VALUES(3,1795981274644,1,3,'api','large',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e7f');
INSERT INTO "audit" VALUES(4,1795981274647,2,4,'api','small','a',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e80');
INSERT INTO "audit" VALUES(5,1795981274649,2,4,'api','small','b',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e81');
INSERT INTO "audit" VALUES(6,1795981274657,2,4,'api','small','c',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e82');
INSERT INTO "audit" VALUES(7,1795981274659,2,5,'api','target','a',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e83');
INSERT INTO "audit" VALUES(8,1795981274703,2,6,'api','large','big:00',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9e84');
INSERT INTO "audit" VALUES(68,1795981276948,3,7,'job','target',NULL,3,'00000001-0000-4000-8000-000000000000','copy','from small (local/00000000000000000000000000000001)',NULL);
INSERT INTO "audit" VALUES(69,1795981277033,3,8,'job','small','b',1,'00000002-0000-4000-8000-000000000000','tag','',NULL);
INSERT INTO "audit" VALUES(70,1795981277090,4,9,'job','small',NULL,1,'00000003-0000-4000-8000-000000000000','rename','1 failed',NULL);
INSERT INTO "audit" VALUES(71,1795981277146,3,8,'job','small',NULL,3,'00000004-0000-4000-8000-000000000000','export','',NULL);
INSERT INTO "audit" VALUES(72,1795981277466,3,7,'job','target','b',1,'00000005-0000-4000-8000-000000000000','delete','',NULL);
INSERT INTO "audit" VALUES(73,1795981277646,3,7,'job','target','b',1,'00000006-0000-4000-8000-000000000000','undo','',NULL);
INSERT INTO "audit" VALUES(74,1795981277690,4,9,'job','small',NULL,1,'00000007-0000-4000-8000-000000000000','import','1 failed',NULL);
INSERT INTO "audit" VALUES(75,1795981277735,3,8,'job','small','i',1,'00000008-0000-4000-8000-000000000000','expire','',NULL);
INSERT INTO "audit" VALUES(76,1795981277805,1,10,'api','deleted',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ee3');
INSERT INTO "audit" VALUES(77,1795981277810,2,11,'api','deleted','x',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ee4');
INSERT INTO "audit" VALUES(78,1795981277852,5,12,'api','deleted',NULL,1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ee5');
INSERT INTO "audit" VALUES(79,1795981277856,1,13,'api','copy 0',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ee6');
INSERT INTO "audit" VALUES(80,1795981277869,1,14,'api','copy 1',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ee7');
INSERT INTO "audit" VALUES(84,1795981277903,1,18,'api','copy 5',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9eeb');
INSERT INTO "audit" VALUES(85,1795981277927,1,19,'api','victim',NULL,0,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9eec');
INSERT INTO "audit" VALUES(86,1795981277990,2,20,'api','victim','v:0',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9eed');
INSERT INTO "audit" VALUES(87,1795981278004,2,20,'api','victim','v:1',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9eee');
INSERT INTO "audit" VALUES(88,1795981278089,2,20,'api','victim','v:2',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9eef');
INSERT INTO "audit" VALUES(89,1795981278115,2,20,'api','victim','v:3',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ef0');
INSERT INTO "audit" VALUES(90,1795981278327,2,20,'api','victim','v:4',1,NULL,NULL,'','a0b773cd20d15412e9851e3b0c0a9ef1');
INSERT INTO "audit" VALUES(92,1795981279146,6,22,'job','copy 5',NULL,0,'0000000b-0000-4000-8000-000000000000','copy','from large (local/00000000000000000000000000000003)',NULL);
CREATE TABLE audit_class (
    number INTEGER PRIMARY KEY,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    store TEXT NOT NULL,
    UNIQUE (who, action, store));
INSERT INTO "audit_class" VALUES(1,'local','namespace_created','local');
INSERT INTO "audit_class" VALUES(2,'local','entry_written','local');
INSERT INTO "audit_class" VALUES(3,'local','job_completed','local');
INSERT INTO "audit_class" VALUES(4,'local','job_incomplete','local');
INSERT INTO "audit_class" VALUES(5,'local','namespace_deleted','local');
INSERT INTO "audit_class" VALUES(6,'local','job_cancelled','local');
CREATE TABLE audit_place (
    number INTEGER PRIMARY KEY,
    class INTEGER NOT NULL REFERENCES audit_class,
    namespace TEXT NOT NULL,
    UNIQUE (namespace, class));
INSERT INTO "audit_place" VALUES(1,1,'00000000000000000000000000000001');
INSERT INTO "audit_place" VALUES(2,1,'00000000000000000000000000000002');
INSERT INTO "audit_place" VALUES(3,1,'00000000000000000000000000000003');
INSERT INTO "audit_place" VALUES(4,2,'00000000000000000000000000000001');
INSERT INTO "audit_place" VALUES(5,2,'00000000000000000000000000000002');
INSERT INTO "audit_place" VALUES(6,2,'00000000000000000000000000000003');
INSERT INTO "audit_place" VALUES(7,3,'00000000000000000000000000000002');
INSERT INTO "audit_place" VALUES(8,3,'00000000000000000000000000000001');
INSERT INTO "audit_place" VALUES(9,4,'00000000000000000000000000000001');
INSERT INTO "audit_place" VALUES(10,1,'00000000000000000000000000000004');
INSERT INTO "audit_place" VALUES(11,2,'00000000000000000000000000000004');
INSERT INTO "audit_place" VALUES(12,5,'00000000000000000000000000000004');
INSERT INTO "audit_place" VALUES(13,1,'00000000000000000000000000000006');
INSERT INTO "audit_place" VALUES(14,1,'00000000000000000000000000000007');
INSERT INTO "audit_place" VALUES(15,1,'00000000000000000000000000000008');
INSERT INTO "audit_place" VALUES(16,1,'00000000000000000000000000000009');
INSERT INTO "audit_place" VALUES(17,1,'0000000000000000000000000000000a');
INSERT INTO "audit_place" VALUES(18,1,'0000000000000000000000000000000b');
INSERT INTO "audit_place" VALUES(19,1,'00000000000000000000000000000005');
INSERT INTO "audit_place" VALUES(20,2,'00000000000000000000000000000005');
INSERT INTO "audit_place" VALUES(21,3,'00000000000000000000000000000005');
INSERT INTO "audit_place" VALUES(22,6,'0000000000000000000000000000000b');
CREATE TABLE event (
    job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (job, number)) WITHOUT ROWID;
INSERT INTO "event" VALUES(1,1,1795981276893,'created','');
INSERT INTO "event" VALUES(1,2,1795981276911,'started','');
INSERT INTO "event" VALUES(1,3,1795981276944,'progress','25 %');
INSERT INTO "event" VALUES(1,4,1795981276944,'progress','50 %');
INSERT INTO "event" VALUES(1,5,1795981276944,'progress','75 %');
INSERT INTO "event" VALUES(1,6,1795981276948,'completed','3 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(2,1,1795981276981,'created','');
INSERT INTO "event" VALUES(2,2,1795981276982,'started','');
INSERT INTO "event" VALUES(2,3,1795981277030,'progress','25 %');
INSERT INTO "event" VALUES(2,4,1795981277030,'progress','50 %');
INSERT INTO "event" VALUES(2,5,1795981277030,'progress','75 %');
INSERT INTO "event" VALUES(2,6,1795981277033,'completed','1 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(3,1,1795981277055,'created','');
INSERT INTO "event" VALUES(3,2,1795981277059,'started','');
INSERT INTO "event" VALUES(3,3,1795981277090,'progress','25 %');
INSERT INTO "event" VALUES(3,4,1795981277090,'progress','50 %');
INSERT INTO "event" VALUES(3,5,1795981277090,'progress','75 %');
INSERT INTO "event" VALUES(3,6,1795981277090,'incomplete','1 done, 0 skipped, 1 failed');
INSERT INTO "event" VALUES(4,1,1795981277113,'created','');
INSERT INTO "event" VALUES(4,2,1795981277129,'started','');
INSERT INTO "event" VALUES(4,3,1795981277135,'progress','25 %');
INSERT INTO "event" VALUES(4,4,1795981277135,'progress','50 %');
INSERT INTO "event" VALUES(4,5,1795981277135,'progress','75 %');
INSERT INTO "event" VALUES(4,6,1795981277146,'completed','3 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(5,1,1795981277301,'created','');
INSERT INTO "event" VALUES(5,2,1795981277313,'started','');
INSERT INTO "event" VALUES(5,3,1795981277445,'progress','25 %');
INSERT INTO "event" VALUES(5,4,1795981277445,'progress','50 %');
INSERT INTO "event" VALUES(5,5,1795981277445,'progress','75 %');
INSERT INTO "event" VALUES(5,6,1795981277466,'completed','1 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(6,1,1795981277512,'created','');
INSERT INTO "event" VALUES(6,2,1795981277513,'started','');
INSERT INTO "event" VALUES(6,3,1795981277645,'progress','25 %');
INSERT INTO "event" VALUES(6,4,1795981277645,'progress','50 %');
INSERT INTO "event" VALUES(6,5,1795981277645,'progress','75 %');
INSERT INTO "event" VALUES(6,6,1795981277646,'completed','1 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(7,1,1795981277667,'created','');
INSERT INTO "event" VALUES(7,2,1795981277685,'started','');
INSERT INTO "event" VALUES(7,3,1795981277690,'progress','25 %');
INSERT INTO "event" VALUES(7,4,1795981277690,'progress','50 %');
INSERT INTO "event" VALUES(7,5,1795981277690,'progress','75 %');
INSERT INTO "event" VALUES(7,6,1795981277690,'incomplete','1 done, 0 skipped, 1 failed');
INSERT INTO "event" VALUES(8,1,1795981277712,'created','');
INSERT INTO "event" VALUES(8,2,1795981277718,'started','');
INSERT INTO "event" VALUES(8,3,1795981277735,'progress','25 %');
INSERT INTO "event" VALUES(8,4,1795981277735,'progress','50 %');
INSERT INTO "event" VALUES(8,5,1795981277735,'progress','75 %');
INSERT INTO "event" VALUES(8,6,1795981277735,'completed','1 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(9,1,1795981278445,'created','');
INSERT INTO "event" VALUES(9,2,1795981278448,'started','');
INSERT INTO "event" VALUES(9,3,1795981278798,'progress','25 %');
INSERT INTO "event" VALUES(9,4,1795981279023,'progress','50 %');
INSERT INTO "event" VALUES(9,5,1795981279025,'paused','32 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(10,1,1795981279032,'created','');
INSERT INTO "event" VALUES(10,2,1795981279033,'started','');
INSERT INTO "event" VALUES(11,1,1795981279078,'created','');
INSERT INTO "event" VALUES(11,2,1795981279082,'started','');
INSERT INTO "event" VALUES(11,3,1795981279146,'cancelled','0 done, 0 skipped, 0 failed');
INSERT INTO "event" VALUES(12,1,1795981279157,'created','');
INSERT INTO "event" VALUES(12,2,1795981279163,'started','');
INSERT INTO "event" VALUES(12,3,1795981279345,'progress','25 %');
INSERT INTO "event" VALUES(16,1,1795981279339,'created','');
INSERT INTO "event" VALUES(17,1,1795981279429,'created','');
CREATE TABLE failure (
    job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
    number INTEGER NOT NULL,
    key TEXT,
    line INTEGER,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (job, number)) WITHOUT ROWID;
INSERT INTO "failure" VALUES(3,1,'nope',NULL,'key_not_found','There is no key "nope"; it may have been deleted, or have expired.',1);
INSERT INTO "failure" VALUES(7,1,'',2,'invalid_key','A key has at least one byte; this one is empty.',1);
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1');
INSERT INTO "grdb_migrations" VALUES('2');
INSERT INTO "grdb_migrations" VALUES('3');
INSERT INTO "grdb_migrations" VALUES('4');
INSERT INTO "grdb_migrations" VALUES('5');
INSERT INTO "grdb_migrations" VALUES('6');
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
    download TEXT, exact INTEGER NOT NULL DEFAULT 0, keeps_pre_images INTEGER, changes INTEGER NOT NULL DEFAULT 0, retry_of TEXT, undo_of TEXT);
INSERT INTO "job" VALUES(1,'00000001-0000-4000-8000-000000000000',NULL,'copy','completed','local','00000000000000000000000000000001','small','{"copy":{"_0":{"all":{}},"collision":"overwrite","target":{"namespace":"00000000000000000000000000000002","store":"local"}}}',NULL,'local',1795981276893,1795981276911,1795981276948,4,3,3,0,0,12,2,'c','{"journalBytes":278,"journalChanges":3,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,3,NULL,NULL);
INSERT INTO "job" VALUES(2,'00000002-0000-4000-8000-000000000000',NULL,'tag','completed','local','00000000000000000000000000000001','small','{"tag":{"_0":{"prefix":{"_0":"b"}},"_1":{"edit":{"add":["three"],"remove":[]}}}}',NULL,'local',1795981276981,1795981276982,1795981277033,4,1,1,0,0,0,1,'b','{"journalBytes":100,"journalChanges":1,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,1,NULL,NULL);
INSERT INTO "job" VALUES(3,'00000003-0000-4000-8000-000000000000',NULL,'rename','incomplete','local','00000000000000000000000000000001','small','{"rename":{"_0":{"keys":{"selection":1}},"collision":"overwrite","from":"c","to":"d"}}',1,'local',1795981277055,1795981277059,1795981277090,4,2,1,1,0,2,3,'c','{"journalBytes":138,"journalChanges":2,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,2,NULL,NULL);
INSERT INTO "job" VALUES(4,'00000004-0000-4000-8000-000000000000',NULL,'export','completed','local','00000000000000000000000000000001','small','{"export":{"_0":{"all":{}},"_1":{"format":"ndjson","isGzipped":false,"neutralisesFormulas":false}}}',NULL,'local',1795981277113,1795981277129,1795981277146,4,3,3,0,0,12,1,'d','{"journalBytes":0,"journalChanges":0,"outputBytes":221,"outputRecords":3,"source":{"end":{}}}',NULL,NULL,'{"bytes":221,"name":"small-2026-11-29.ndjson"}',0,0,0,NULL,NULL);
INSERT INTO "job" VALUES(5,'00000005-0000-4000-8000-000000000000',NULL,'delete','completed','local','00000000000000000000000000000002','target','{"delete":{"_0":{"prefix":{"_0":"b"}}}}',NULL,'local',1795981277301,1795981277313,1795981277466,4,1,1,0,0,0,2,'b','{"journalBytes":99,"journalChanges":1,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,1,NULL,NULL);
INSERT INTO "job" VALUES(6,'00000006-0000-4000-8000-000000000000',NULL,'undo','completed','local','00000000000000000000000000000002','target','{"undo":{"isForced":false,"of":"00000005-0000-4000-8000-000000000000","ofTags":false}}',NULL,'local',1795981277512,1795981277513,1795981277646,4,1,1,0,0,5,1,'b','{"journalBytes":64,"journalChanges":1,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,1,NULL,'00000005-0000-4000-8000-000000000000');
INSERT INTO "job" VALUES(7,'00000007-0000-4000-8000-000000000000',NULL,'import','incomplete','local','00000000000000000000000000000001','small','{"importing":{"collision":"overwrite"}}',NULL,'local',1795981277667,1795981277685,1795981277690,5,2,1,1,0,1,1,'i','{"journalBytes":49,"journalChanges":1,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,1,NULL,NULL);
INSERT INTO "job" VALUES(8,'00000008-0000-4000-8000-000000000000',NULL,'expire','completed','local','00000000000000000000000000000001','small','{"expire":{"_0":{"keys":{"selection":2}},"at":4102444801}}',2,'local',1795981277712,1795981277718,1795981277735,4,1,1,0,0,0,1,'i','{"journalBytes":54,"journalChanges":1,"outputBytes":0,"outputRecords":0,"source":{"end":{}}}',NULL,NULL,NULL,0,1,1,NULL,NULL);
INSERT INTO "job" VALUES(9,'00000009-0000-4000-8000-000000000000',NULL,'copy','paused','local','00000000000000000000000000000003','large','{"copy":{"_0":{"all":{}},"collision":"overwrite","target":{"namespace":"00000000000000000000000000000006","store":"local"}}}',NULL,'local',1795981278445,1795981278448,NULL,5,60,32,0,0,33554432,5,'big:31','{"journalBytes":1398,"journalChanges":32,"outputBytes":0,"outputRecords":0,"source":{"cursor":{"_0":"a3ZiaWc6MzEA"}}}',NULL,NULL,NULL,0,1,32,NULL,NULL);
INSERT INTO "job" VALUES(10,'0000000a-0000-4000-8000-000000000000',NULL,'delete','running','local','00000000000000000000000000000005','victim','{"delete":{"_0":{"all":{}}}}',NULL,'local',1795981279032,1795981279033,NULL,2,5,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,0,1,0,NULL,NULL);
INSERT INTO "job" VALUES(11,'0000000b-0000-4000-8000-000000000000',NULL,'copy','cancelled','local','00000000000000000000000000000003','large','{"copy":{"_0":{"all":{}},"collision":"overwrite","target":{"namespace":"0000000000000000000000000000000b","store":"local"}}}',NULL,'local',1795981279078,1795981279082,1795981279146,3,60,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,0,1,0,NULL,NULL);
INSERT INTO "job" VALUES(12,'0000000c-0000-4000-8000-000000000000',NULL,'copy','running','local','00000000000000000000000000000003','large','{"copy":{"_0":{"all":{}},"collision":"overwrite","target":{"namespace":"00000000000000000000000000000007","store":"local"}}}',NULL,'local',1795981279157,1795981279163,NULL,3,60,16,0,0,16777216,3,'big:15','{"journalBytes":699,"journalChanges":16,"outputBytes":0,"outputRecords":0,"source":{"cursor":{"_0":"a3ZiaWc6MTUA"}}}',NULL,NULL,NULL,0,1,16,NULL,NULL);
INSERT INTO "job" VALUES(16,'0000000d-0000-4000-8000-000000000000',NULL,'copy','queued','local','00000000000000000000000000000001','small','{"copy":{"_0":{"keys":{"selection":3}},"collision":"overwrite","target":{"namespace":"00000000000000000000000000000002","store":"local"}}}',3,'local',1795981279339,NULL,NULL,0,NULL,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,0,1,0,NULL,NULL);
INSERT INTO "job" VALUES(17,'0000000e-0000-4000-8000-000000000000',NULL,'import','queued','local','00000000000000000000000000000001','small','{"importing":{"collision":"overwrite"}}',NULL,'local',1795981279429,NULL,NULL,0,NULL,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,0,1,0,NULL,NULL);
CREATE TABLE selected_key (
    selection INTEGER NOT NULL REFERENCES selection ON DELETE CASCADE,
    key BLOB NOT NULL,
    PRIMARY KEY (selection, key)) WITHOUT ROWID;
INSERT INTO "selected_key" VALUES(1,X'63');
INSERT INTO "selected_key" VALUES(1,X'6E6F7065');
INSERT INTO "selected_key" VALUES(2,X'69');
INSERT INTO "selected_key" VALUES(3,X'64');
INSERT INTO "selected_key" VALUES(3,X'69');
CREATE TABLE selection (number INTEGER PRIMARY KEY AUTOINCREMENT);
INSERT INTO "selection" VALUES(1);
INSERT INTO "selection" VALUES(2);
INSERT INTO "selection" VALUES(3);
CREATE INDEX failure_line ON failure(job, line) WHERE line IS NOT NULL;
CREATE INDEX job_unfinished ON job(number) WHERE state IN ('queued', 'running', 'paused');
CREATE INDEX job_finished ON job(finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX job_selection ON job(selection) WHERE selection IS NOT NULL;
CREATE INDEX audit_at ON audit(at, class, place);
CREATE INDEX audit_class_at ON audit(class, at);
CREATE INDEX audit_place_at ON audit(place, at);
CREATE INDEX audit_key ON audit(key, at, class, place) WHERE key IS NOT NULL;
CREATE INDEX audit_job ON audit(job, at) WHERE job IS NOT NULL;
CREATE INDEX job_undo ON job(undo_of) WHERE undo_of IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',92);
INSERT INTO "sqlite_sequence" VALUES('job',17);
INSERT INTO "sqlite_sequence" VALUES('selection',3);
COMMIT;
