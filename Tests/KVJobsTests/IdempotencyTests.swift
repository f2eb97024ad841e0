import Foundation
import KVLedger
import KVModel
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("Idempotency keys")
struct IdempotencyTests {
    private func draft(
        _ work: some JobKind, on namespace: NamespaceID, _ request: String, body: String? = nil
    ) throws -> Jobs.Draft {
        Jobs.Draft(
            store: "local", namespace: namespace, work: work, createdBy: "test",
            idempotencyKey: try body.map { try IdempotencyKey("once", of: request, bodyAt: $0) }
                ?? IdempotencyKey("once", of: request))
    }

    @Test("the same request gives the first job, another one is refused, also when they come at once")
    func requests() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let first = try await test.jobs.create(draft(.delete(.all), on: namespace, "POST /api/jobs"))
        #expect(try await test.jobs.create(draft(.delete(.all), on: namespace, "POST /api/jobs")).id == first.id)
        // The same kind and namespace, and other keys.
        let error = await #expect(throws: KVError.self) {
            try await test.jobs.create(draft(.delete(.prefix("a")), on: namespace, "POST /api/jobs?"))
        }
        #expect(error?.code == .idempotencyKeyReused)
        #expect(error?.detail.contains(first.id.text) == true)

        // Both have passed the first look, and meet in the ledger.
        let other = Job(
            id: .random(), store: "local", namespace: namespace, namespaceTitle: "n", work: .delete(.all),
            readsExactly: false, createdBy: "test", createdAt: 1, state: .queued, progress: JobProgress())
        await #expect(throws: KVError.self) {
            _ = try await test.jobs.transitions.create(
                other, remark: "", idempotencyKey: IdempotencyKey("once", of: "another"))
        }
        #expect(try await test.jobs.list(JobFilter()).total == 1)
    }

    @Test("the content of a file is part of an import's request")
    func imports() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        func start(_ text: String) async throws -> Job {
            let path = try test.upload(text)
            return try await test.jobs.createImport(
                draft(.importing(format: nil, collision: .overwrite), on: namespace, "POST /import", body: path),
                upload: path)
        }
        let first = try await start("{\"key\":\"a\",\"value\":\"1\"}\n")
        #expect(try await start("{\"key\":\"a\",\"value\":\"1\"}\n").id == first.id)
        let error = await #expect(throws: KVError.self) { try await start("{\"key\":\"a\",\"value\":\"2\"}\n") }
        #expect(error?.code == .idempotencyKeyReused)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/files") == [first.id.text])
    }

    @Test("of a job that an earlier version has created compares the kind and the namespace, as that one did")
    func withoutDigest() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let first = try await test.start(.delete(.all), on: namespace, idempotencyKey: "once")
        #expect(
            try await test.jobs.create(draft(.delete(.prefix("a")), on: namespace, "POST /api/jobs")).id == first.id)
        let error = await #expect(throws: KVError.self) {
            try await test.jobs.create(draft(.export(.all, ExportForm()), on: namespace, "POST /api/jobs"))
        }
        #expect(error?.code == .invalidRequest)
    }
}
