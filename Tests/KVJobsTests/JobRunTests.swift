import Foundation
import KVLedger
import KVModel
import KVTransfer
import SQLiteEngine
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("Jobs on the embedded store")
struct JobRunTests {
    @Test("a copy carries values, metadata and expirations, and its snapshots add up")
    func copying() async throws {
        let test = try await JobsUnderTest()
        let source = try await test.namespace("source", keys: 25_000)
        let target = try await test.namespace("target")
        try await test.whileRunning {
            let work = CopyJob(
                .all, target: JobTarget(store: "local", namespace: target.text), collision: .overwrite)
            let seen = try await test.watch(try await test.start(work, on: source).id)
            for (before, after) in zip(seen, seen.dropFirst()) {
                #expect(before.progress.sequence < after.progress.sequence)
                #expect(before.progress.processed <= after.progress.processed)
            }
            let last = try #require(seen.last)
            #expect(last.state == .completed)
            #expect(last.progress.succeeded == 25_000)
            #expect(last.progress.total == 25_000)
            #expect(try await test.entries(in: target) == test.entries(in: source))
            let kinds = try await test.ledger.events(of: last.id).map { "\($0.kind.rawValue) \($0.detail)" }
            #expect(
                kinds == [
                    "created ", "started ", "progress 25 %", "progress 50 %", "progress 75 %",
                    "completed 25,000 done, 0 skipped, 0 failed",
                ])
        }
    }

    @Test("a delete takes the keys of its prefix and no others")
    func deleting() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 12_000)
        _ = try await test.engine.write([Entry(key: try Key("key;"), value: [1])], in: namespace, when: .always)
        try await test.whileRunning {
            let job = try await test.finished(try await test.start(.delete(.prefix("key:")), on: namespace).id)
            #expect(job.state == .completed)
            #expect(job.progress.succeeded == 12_000)
            #expect(try await test.entries(in: namespace).map(\.key.name) == ["key;"])
        }
    }

    @Test("named keys that do not exist are skipped")
    func namedKeys() async throws {
        let test = try await JobsUnderTest()
        let source = try await test.namespace("source", keys: 3)
        let target = try await test.namespace("target")
        try await test.whileRunning {
            let names = ["key:1000002", "missing", "key:1000000", "key:1000000"]
            let copy = CopyJob(
                try test.select(names), target: JobTarget(store: "local", namespace: target.text), collision: .overwrite
            )
            let job = try await test.finished(try await test.start(copy, on: source).id)
            #expect(job.state == .completed)
            #expect(job.progress.succeeded == 2)
            #expect((job.progress.skipped, job.progress.missing) == (1, 1))

            let delete = try await test.finished(try await test.start(.delete(test.select(names)), on: source).id)
            #expect(delete.state == .completed)
            #expect(try await test.entries(in: source).map(\.key.name) == ["key:1000001"])
        }
    }

    @Test("a job that met one key alone is noted under it, one that met more is not")
    func keyOfTheRecord() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 5)
        let works: [(work: any JobKind, key: String?)] = [
            (TagJob(try test.select(["key:1000001"]), .replace(["a"])), "key:1000001"),
            (ExportJob(try test.select(["missing"]), ExportForm()), "missing"),
            (ExportJob(try test.select(["key:1000001", "missing"]), ExportForm()), nil),
            (RenameJob(try test.select(["key:1000002"]), from: "key:", to: "new:", collision: .fail), "key:1000002"),
            (DeleteJob(.prefix("key:1000003")), "key:1000003"),
            (DeleteJob(.prefix("none")), nil),
            (DeleteJob(.all), nil),
        ]
        try await test.whileRunning {
            for (work, key) in works {
                let job = try await test.finished(try await test.start(work, on: namespace).id)
                var filter = AuditFilter()
                filter.job = job.id.text
                let records = try await test.ledger.audit(filter).items
                #expect(records.map(\.key?.name) == [key], "\(work)")
            }
        }
    }

    @Test("collision: skip leaves what is there, fail stops at it", arguments: [Collision.skip, .fail])
    func collisions(collision: Collision) async throws {
        let test = try await JobsUnderTest()
        let source = try await test.namespace("source", keys: 5)
        let target = try await test.namespace("target")
        let kept = Entry(key: try Key("key:1000002"), value: [9])
        _ = try await test.engine.write([kept], in: target, when: .always)
        try await test.whileRunning {
            let work = CopyJob(
                .all, target: JobTarget(store: "local", namespace: target.text), collision: collision)
            let job = try await test.finished(try await test.start(work, on: source).id)
            #expect(job.state == (collision == .skip ? .completed : .failed))
            #expect(job.progress.skipped == (collision == .skip ? 1 : 0))
            #expect(job.error?.code == (collision == .skip ? nil : .keyExists))
            #expect(try await test.entries(in: target).first { $0.key == kept.key } == kept)
        }
    }

    @Test("an import lists bad lines, skips what has expired, and takes the rest")
    func importing() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let file = """
            {"key":"a","value":"1"}
            not json
            {"key":"b","value":"2","expiration":1000}
            {"key":"c","valueBase64":"AP8=","ttl":5}
            {"key":"d","valueBase64":"AP8=","metadata":{"x": 1.0}}
            """
        try await test.whileRunning {
            let draft = Jobs.Draft(
                store: "local", namespace: namespace, work: .importing(format: nil, collision: .overwrite),
                createdBy: "test", idempotencyKey: nil)
            let job = try await test.finished(
                try await test.jobs.createImport(draft, upload: try test.upload(file)).id)
            #expect(job.state == .incomplete)
            #expect(job.progress.total == 5)
            #expect(job.progress.succeeded == 2)
            #expect(job.progress.skipped == 1)
            let failures = try await test.ledger.failures(of: job.id, from: nil, limit: 10).items
            #expect(failures.map(\.line) == [2, 4])
            #expect(failures.map(\.error.code) == [.invalidRecord, .invalidExpiration])
            #expect(
                try await test.entries(in: namespace) == [
                    Entry(key: try Key("a"), value: [0x31]),
                    Entry(
                        key: try Key("d"), value: [0, 255], metadata: try Metadata(json: Array("{\"x\": 1.0}".utf8))),
                ])
        }
    }

    @Test("a file of no known format makes no job, and is removed")
    func unknownFile() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let draft = Jobs.Draft(
            store: "local", namespace: namespace, work: .importing(format: nil, collision: .overwrite),
            createdBy: "test", idempotencyKey: nil)
        let upload = try test.upload("just some text")
        let error = await #expect(throws: KVError.self) { try await test.jobs.createImport(draft, upload: upload) }
        #expect(error?.code == .unknownFormat)
        #expect(!FileManager.default.fileExists(atPath: upload))
        #expect(try await test.jobs.list(JobFilter()).total == 0)
    }

    @Test("a job whose namespace is gone fails with that reason")
    func namespaceGone() async throws {
        let test = try await JobsUnderTest()
        let source = try await test.namespace("source", keys: 10)
        let target = try await test.namespace("target")
        let work = CopyJob(.all, target: JobTarget(store: "local", namespace: target.text), collision: .skip)
        let job = try await test.start(work, on: source)
        try await test.engine.deleteNamespace(target)
        try await test.whileRunning {
            let ended = try await test.finished(job.id)
            #expect(ended.state == .failed)
            #expect(ended.error?.code == .namespaceNotFound)
        }
    }

    @Test("an idempotency key gives the first job again")
    func idempotency() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let first = try await test.start(.delete(.all), on: namespace, idempotencyKey: "once")
        let second = try await test.start(.delete(.all), on: namespace, idempotencyKey: "once")
        #expect(first.id == second.id)
        #expect(try await test.jobs.list(JobFilter()).total == 1)
    }

    @Test("an idempotency key that was used for another job is refused")
    func idempotencyOfAnother() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        _ = try await test.start(.delete(.all), on: namespace, idempotencyKey: "once")
        let error = await #expect(throws: KVError.self) {
            try await test.start(.export(.all, ExportForm()), on: namespace, idempotencyKey: "once")
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("a job that cannot be made leaves neither its keys nor its upload")
    func refusedJob() async throws {
        let test = try await JobsUnderTest()
        let missing = NamespaceID("missing")
        let selection = try test.select(["a", "b"])
        await #expect(throws: KVError.self) { try await test.start(.delete(selection), on: missing) }
        try await test.ledger.sweep()
        guard case .keys(let number) = selection else { return }
        #expect(try await test.ledger.keyCount(ofKeyList: number) == 0)

        let draft = Jobs.Draft(
            store: "local", namespace: missing, work: .importing(format: .ndjson, collision: .skip),
            createdBy: "test", idempotencyKey: nil)
        let upload = try test.upload("{\"key\":\"a\",\"value\":\"1\"}\n")
        await #expect(throws: KVError.self) { try await test.jobs.createImport(draft, upload: upload) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/files").isEmpty)
    }

    @Test("what expires on the way replaces nothing, and is skipped")
    func expiredOnTheWay() async throws {
        let test = try await JobsUnderTest()
        let target = try await test.namespace("target")
        let lives = Entry(key: try Key("k"), value: [1])
        _ = try await test.engine.write([lives], in: target, when: .always)
        let step = Write(namespace: try test.jobNamespace(target), collision: .overwrite, clock: .at(2_000_000))
        let expired = Entry(key: lives.key, value: [2], expiration: Expiration(stored: 2_000))
        let result = try await step.apply(
            [expired, Entry(key: try Key("l"), value: [3])].map {
                AnnotatedEntry(entry: $0, annotation: AnnotationChange())
            })
        #expect(result.skipped == 1)
        #expect(result.succeeded == 1)
        #expect(try await test.entries(in: target).map(\.value) == [[1], [3]])
    }

    @Test("large values are deleted in portions, and all counted")
    func deletingLargeValues() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let value = [UInt8](repeating: 7, count: 20 << 20)
        for name in ["a", "b", "c", "d", "e"] {
            _ = try await test.engine.write([Entry(key: try Key(name), value: value)], in: namespace, when: .always)
        }
        let infos = try await test.engine.keys(in: namespace, KeyQuery(limit: 10)).items
        let work = WorkContext(jobReadingExactly: false) { _, _ in }
        let jobNamespace = try test.jobNamespace(namespace, in: work)
        let result = try await Delete(namespace: jobNamespace, isNamed: false).apply(infos)
        #expect(result.succeeded == 5)
        #expect(work.requests == 2)
        #expect(try await test.engine.namespace(namespace).valueBytes == 0)
    }

    @Test("a job that waits is cancelled at once, one that has ended cannot be")
    func cancelling() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 10)
        for _ in 0..<JobRunner.slotsPerStore { _ = try await test.start(.delete(.all), on: namespace) }
        let job = try await test.start(.delete(.all), on: namespace)
        #expect(try await test.jobs.cancel(job.id, by: .test).state == .cancelled)
        #expect(try await test.jobs.job(job.id).state == .cancelled)
        let error = await #expect(throws: KVError.self) { try await test.jobs.cancel(job.id, by: .test) }
        #expect(error?.code == .invalidTransition)
        #expect(try await test.entries(in: namespace).count == 10)
    }

    @Test("a running job stops behind a batch and tells how far it came")
    func cancelRunning() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 200_000)
        try await test.whileRunning {
            let job = try await test.start(.delete(.all), on: namespace)
            let ended = try await test.jobs.withProgress(of: job.id) { snapshots in
                var (last, isCancelled) = (job, false)
                for await snapshot in snapshots {
                    last = snapshot
                    guard snapshot.state == .running, !isCancelled else { continue }
                    isCancelled = true
                    _ = try await test.jobs.cancel(job.id, by: .test)
                }
                return last
            }
            #expect(ended.state == .cancelled)
            let left = try await test.engine.namespace(namespace).keyCount
            #expect(left == 200_000 - ended.progress.processed)
            #expect(ended.progress.processed < 200_000)
        }
    }

    @Test("a snapshot is waited for by its sequence, and a late asker gets the last one")
    func longPolling() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 100)
        let job = try await test.start(.delete(.all), on: namespace)
        #expect(try await test.jobs.job(job.id, after: 0, waiting: 0.01).state == .queued)
        try await test.whileRunning {
            var seen = job
            while !seen.state.isFinal {
                seen = try await test.jobs.job(job.id, after: seen.progress.sequence, waiting: 30)
            }
            #expect(seen.state == .completed)
            #expect(try await test.jobs.job(job.id, after: .max, waiting: 30).state == .completed)
        }
    }
}
