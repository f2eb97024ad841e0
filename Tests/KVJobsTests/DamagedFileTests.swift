import Foundation
import KVLedger
import KVModel
import KVTransfer
import Logging
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("The gzip file of an import")
struct DamagedFileTests {
    private func file(_ keys: Range<Int>) throws -> [UInt8] {
        var writer = RecordWriter(format: .ndjson, isGzipped: true)
        let entries = try keys.map { Entry(key: try Key("key \($0)"), value: Array("value \($0 &* 7_919)".utf8)) }
        return try writer.batch(entries, annotations: entries.map { _ in AnnotationChange() }) + writer.end()
    }

    private func start(_ test: JobsUnderTest, _ bytes: [UInt8], on namespace: NamespaceID) async throws -> Job {
        let path = test.jobs.files.temporary()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let draft = Jobs.Draft(
            store: "local", namespace: namespace, work: .importing(format: nil, collision: .overwrite),
            createdBy: "test", idempotencyKey: nil)
        return try await test.jobs.createImport(draft, upload: path)
    }

    @Test("changes nothing when damaged after its first 2,000 records", arguments: ["cut", "flipped", "followed"])
    func damaged(how: String) async throws {
        let test = try await JobsUnderTest(batch: 100)
        let namespace = try await test.namespace("n", keys: 3)
        var bytes = try file(0..<2_000) + file(2_000..<4_000)
        switch how {
        case "cut": bytes.removeLast(5)
        case "flipped": bytes[bytes.count - 6] ^= 1
        default: bytes += [7]
        }
        let before = try await test.entries(in: namespace)
        let job = try await start(test, bytes, on: namespace)
        let failed = try await test.whileRunning { try await test.finished(job.id) }
        #expect(failed.state == .failed && failed.error?.code == .truncatedFile && failed.progress.processed == 0)
        #expect(failed.error?.detail.contains("Nothing of it was imported") == true)
        #expect(try await test.entries(in: namespace) == before)
        #expect(!failed.isUndoable)
    }

    @Test("is checked before its first entry is written, and again after a crash before that")
    func crash() async throws {
        var test = try await JobsUnderTest(batch: 100)
        let namespace = try await test.namespace("n")
        let job = try await start(test, try file(0..<300), on: namespace)
        let (downs, down) = AsyncStream.makeStream(of: Void.self)
        test.unruly.plan(
            .init(request: 0, moment: .before) {
                down.yield()
                return true
            })
        try await test.whileRunning { for await _ in downs { break } }
        #expect(try await test.ledger.job(job.id).state == .running)
        #expect(try await test.entries(in: namespace).isEmpty)

        test = try await JobsUnderTest(folder: test.folder, engine: test.engine, batch: 100)
        let last = test
        let done = try await test.whileRunning { try await last.finished(job.id) }
        #expect(done.state == .completed && done.progress.succeeded == 300 && done.progress.checking == nil)
        let notices = try await test.jobs.events(of: job.id).filter { $0.kind == .notice }.map(\.detail)
        #expect(notices.count == 2 && notices.allSatisfy { $0.hasPrefix("The gzip file is whole: ") })
    }

    @Test("is left when the job is cancelled while it is checked")
    func cancelled() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let job = try await start(test, try file(0..<300), on: namespace)
        let jobs = test.jobs
        let claim = try #require(try await jobs.transitions.claim(job.id))
        _ = try await jobs.cancel(job.id, by: .test)
        let control = JobControl(Shutdown())
        control.wake()
        let resources = JobResources(
            stores: jobs.stores, files: jobs.files, ledger: jobs.ledger, annotations: jobs.annotations, clock: .at(0))
        let logger = Logger(label: "test")
        let run = JobRun(
            of: claim.job, on: test.engine, from: .start, resources: resources,
            recorder: JobRecorder(
                claim, in: .users, control: control, resources: resources, transitions: jobs.transitions,
                logger: logger,
                clock: jobs.clock),
            requests: JobRequests(of: claim.job, control: control, transitions: jobs.transitions),
            wait: StorageWait(job.id, control: control, hub: jobs.hub, logger: logger))
        let ending = try await run.checkUpload()
        guard case .requested(let request) = ending, request.change == .cancel else {
            Issue.record("It ends as \(String(describing: ending)).")
            return
        }
    }

    @Test("shows how far its check is")
    func progress() async throws {
        let test = try await JobsUnderTest()
        var random = Seeded(seed: 5)
        let words = (0..<9 << 17).map { _ in random.next() }
        let noise = words.withUnsafeBytes { Array($0) }
        let path = test.jobs.files.temporary()
        try Data(Gzip.member(of: noise)).write(to: URL(fileURLWithPath: path))
        let check = try #require(try await FileCheck.open(path, maximumBytes: .max))
        var seen = [check.progress]
        while try await check.advance() { seen.append(check.progress) }
        #expect(seen.first?.bytes == 0 && seen.count == 3)
        #expect(seen.map(\.bytes) == seen.map(\.bytes).sorted() && seen.allSatisfy { $0.totalBytes > 9 << 20 })
    }
}
