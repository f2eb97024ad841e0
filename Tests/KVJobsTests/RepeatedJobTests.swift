import KVLedger
import KVModel
import KVTransfer
import SQLiteEngine
import Testing

@testable import KVJobs
@testable import SQLiteLedger

@Suite("A retry of a job that failed before any key did")
struct RepeatedJobTests {
    @Test("repeats it, and keeps its keys when the first one is deleted")
    func namedKeys() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 10)
        let first = try await test.start(
            .delete(test.select(["key:1000002", "key:1000003"])), on: namespace)
        _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: true))
        let retry = try await test.whileRunning {
            let failed = try await test.finished(first.id)
            #expect(failed.state == .failed && failed.error?.code == .namespaceProtected)
            #expect(failed.progress.failed == 0)
            _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: false))
            let retry = try await test.jobs.retry(first.id, createdBy: "test", idempotencyKey: nil)
            #expect(retry.retryOf == first.id)
            let done = try await test.finished(retry.id)
            #expect(done.state == .completed && done.progress.succeeded == 2)
            return retry
        }
        #expect(try await test.entries(in: namespace).count == 8)

        try await test.jobs.delete(first.id, by: .test)
        try await test.ledger.sweep()
        #expect(try await test.ledger.keyCount(ofKeyList: try #require(retry.work.keyList)) == 2)
    }

    @Test("reads the file of an import again")
    func importing() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n")
        let draft = Jobs.Draft(
            store: "local", namespace: namespace, work: .importing(format: .ndjson, collision: .overwrite),
            createdBy: "test", idempotencyKey: nil)
        let first = try await test.jobs.createImport(draft, upload: test.upload(#"{"key":"a","value":"v"}"#))
        _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: true))
        try await test.whileRunning {
            #expect(try await test.finished(first.id).state == .failed)
            _ = try await test.engine.updateNamespace(namespace, NamespaceChange(isProtected: false))
            let retry = try await test.jobs.retry(first.id, createdBy: "test", idempotencyKey: nil)
            #expect(try await test.finished(retry.id).state == .completed)
        }
        #expect(try await test.entries(in: namespace).map(\.key.name) == ["a"])
    }

    @Test("is refused for a job whose keys were all done")
    func completed() async throws {
        let test = try await JobsUnderTest()
        let namespace = try await test.namespace("n", keys: 1)
        let job = try await test.start(.delete(.all), on: namespace)
        _ = try await test.whileRunning { try await test.finished(job.id) }
        let error = await #expect(throws: KVError.self) {
            try await test.jobs.retry(job.id, createdBy: "test", idempotencyKey: nil)
        }
        #expect(error?.code == .nothingToRetry)
    }
}
