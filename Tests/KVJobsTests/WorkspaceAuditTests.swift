import GRDB
import KVBackup
import KVLedger
import KVModel
import Logging
import TestSupport
import Testing

@testable import KVJobs
@testable import KVWorkspace
@testable import SQLiteLedger

extension JobsUnderTest {
    /// What a principal can do in these stores.
    func workspace(
        of principal: Principal = .local, via: AuditVia = .api,
        stores engines: KeyValuePairs<String, any KeyValueEngine>? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) -> Workspace {
        let stores =
            engines.map { engines in
                Stores(engines.map { Store(name: $0.key, label: $0.key, engineName: "test", engine: $0.value) })
            } ?? stores
        let backups = Backups(
            folder: BackupFolder(path: "\(folder)/backups"), contents: DataContents(resting: folder), version: "test",
            logger: logger)
        return Workspace(
            of: principal, via: via, request: "1", in: .users,
            WorkspaceResources(
                stores: stores, jobs: jobs, ledger: ledger, backups: backups, logger: logger, clock: .at(1_000)))
    }
}

extension Principal {
    static func test(_ name: String, _ permissions: Set<Permission> = Set(Permission.allCases)) -> Principal {
        Principal(name: name, authentication: .none, permissions: permissions)
    }
}

@Suite("The audit log of a workspace")
struct WorkspaceAuditTests {
    private func entry(_ name: String) throws -> Entry { Entry(key: try Key(name), value: []) }

    private func location(_ id: NamespaceID) -> NamespaceLocation { NamespaceLocation(store: "local", id: id) }

    private func recorded(_ test: JobsUnderTest) async throws -> [String] {
        let records = try await test.ledger.audit(AuditFilter()).items.reversed()
        return records.map { "\($0.who) \($0.via.rawValue) \($0.action.rawValue) \($0.key?.name ?? "-") \($0.count)" }
    }

    @Test("has the caller's name, and one record for all batches of a request")
    func request() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.workspace().createNamespace(titled: "t", in: "local").id
        let ann = test.workspace(of: .test("ann"), via: .gateway)
        try await ann.writing(in: location(id)) { changes in
            _ = try await changes.write([entry("a"), entry("b")])
            _ = try await changes.write([entry("c")])
        }
        try await ann.deleting(in: location(id)) { _ = try await $0.delete([Key("a"), Key("none")]) }
        #expect(
            try await recorded(test) == [
                "local api namespace_created - 0", "ann gateway entries_written - 3", "ann gateway entry_deleted a 1",
            ])
    }

    @Test("has what was done before a request failed")
    func failedRequest() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.namespace("t")
        await #expect(throws: KVError.self) {
            try await test.workspace(of: .test("ann")).writing(in: location(id)) { changes in
                _ = try await changes.write([entry("a")])
                throw KVError(.internalError, "")
            }
        }
        #expect(try await recorded(test) == ["ann api entry_written a 1"])
    }

    @Test("counts a key once, and only those that were changed")
    func counts() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let id = try await test.namespace("t")
        try await workspace.writing(in: location(id)) {
            _ = try await $0.write([entry("a"), entry("a"), entry("b")])
        }
        _ = try await workspace.write(entry("c"), in: location(id), when: .absent)
        _ = try await workspace.write(entry("a"), in: location(id), when: .absent)
        #expect(try await recorded(test) == ["local api entries_written - 2", "local api entry_written c 1"])
    }

    @Test("has of a job its end alone")
    func jobs() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.namespace("t", keys: 3)
        try await test.whileRunning {
            let job = try await test.start(DeleteJob(.all), on: id)
            _ = try await test.finished(job.id)
        }
        #expect(try await recorded(test) == ["test job job_completed - 3"])
    }

    @Test("a change that cannot be recorded is answered as made")
    func unwritable() async throws {
        let test = try await JobsUnderTest()
        let workspace = test.workspace()
        let id = try await test.namespace("t")
        try await test.setReadOnly(true)
        let outcome = try await workspace.write(entry("a"), in: location(id), when: .absent)
        guard case .created = outcome else {
            Issue.record("not created: \(outcome)")
            return
        }
        try await test.setReadOnly(false)
        #expect(try await recorded(test).isEmpty)
        _ = try await workspace.write(entry("b"), in: location(id), when: .absent)
        #expect(try await recorded(test) == ["local api entry_written b 1"])
    }

    @Test("has a change although its caller has gone")
    func cancelled() async throws {
        let test = try await JobsUnderTest()
        let id = try await test.namespace("t")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await test.workspace(of: .test("ann")).writing(in: location(id)) { changes in
                    _ = try await changes.write([entry("a")])
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }
        #expect(try await recorded(test) == ["ann api entry_written a 1"])
    }
}

extension JobsUnderTest {
    /// Whether every write to the ledger fails.
    func setReadOnly(_ isReadOnly: Bool) async throws {
        try await ledger.database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA query_only = \(isReadOnly ? 1 : 0)")
        }
    }
}
