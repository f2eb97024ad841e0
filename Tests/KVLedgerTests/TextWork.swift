import KVLedger
import KVModel
import TestSupport

/// The work of a job, as the tests of ledgers need it.
struct TextWork: JobWork {
    var kindName: String
    var keyList: Int64?
    var target: JobTarget? { nil }
    var undoOf: JobID?

    func storedText() throws -> String { kindName }
}

/// Reads `TextWork`, and what it does not have from the kind.
struct TextWorks: JobWorkReader {
    func work(ofKind kind: String, stored text: String) -> any JobWork { TextWork(kindName: text) }
}

extension Job {
    static func test(
        _ id: String, kind: String = "delete", keyList: Int64? = nil, undoOf: JobID? = nil, retryOf: JobID? = nil,
        createdAt: Timestamp = 1
    ) -> Job {
        Job(
            id: JobID(id), store: "local", namespace: NamespaceID("n"), namespaceTitle: "Title",
            work: TextWork(kindName: kind, keyList: keyList, undoOf: undoOf), readsExactly: false, retryOf: retryOf,
            createdBy: "ann", createdAt: createdAt, state: .queued)
    }

    func changed(_ change: (inout Job) -> Void) -> Job {
        var job = self
        change(&job)
        return job
    }
}
