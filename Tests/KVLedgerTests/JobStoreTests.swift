import KVLedger
import KVModel
import TestSupport
import Testing

@Suite("The jobs of a ledger")
struct JobStoreTests {
    private let origin = RequestOrigin(user: "bob", via: .api, request: "request-1")

    private func create(_ job: Job, in ledger: any Ledger) async throws -> Job {
        _ = try await ledger.create(job, remark: "", idempotencyKey: nil)
        return try await ledger.job(job.id)
    }

    private func move(_ job: Job, to state: JobState, in ledger: any Ledger) async throws -> Job {
        let after = job.changed {
            $0.state = state
            if state.isFinal { $0.finishedAt = 5 }
        }
        #expect(try await ledger.transition(job, to: after, with: JobAdditions()))
        return try await ledger.job(job.id)
    }

    // MARK: Creating

    @Test("are returned as they were created, with an event", arguments: LedgerUnderTest.all)
    func creation(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let (created, isNew) = try await ledger.create(.test("a"), remark: "from a file", idempotencyKey: nil)
            #expect(isNew)
            let found = try await ledger.job(JobID("a"))
            #expect(found.id == created.id && found.kindName == "delete" && found.state == .queued)
            #expect(found.namespaceTitle == "Title" && found.createdBy == "ann" && found.request == nil)
            #expect(try await ledger.events(of: found.id) == [JobEvent(at: 1, kind: .created, detail: "from a file")])
            #expect(try await ledger.find(JobID("b")) == nil)
            #expect(try await ledger.unfinishedJobs().map(\.id) == [created.id])
        }
    }

    @Test("are created once for an idempotency key and a request", arguments: LedgerUnderTest.all)
    func idempotency(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let key = IdempotencyKey("once", digest: "1")
            _ = try await ledger.create(.test("a"), remark: "", idempotencyKey: key)
            let (again, isNew) = try await ledger.create(.test("b"), remark: "", idempotencyKey: key)
            #expect(!isNew && again.id == JobID("a"))
            let namespace = NamespaceID("n")
            #expect(
                try await ledger.job(createdWith: key, kind: "delete", in: namespace, of: "local")?.id == JobID("a"))
            let other = IdempotencyKey("once", digest: "2")
            let error = await #expect(throws: KVError.self) {
                try await ledger.create(.test("c"), remark: "", idempotencyKey: other)
            }
            #expect(error?.code == .idempotencyKeyReused)
            let unused = IdempotencyKey("another", digest: "1")
            #expect(try await ledger.job(createdWith: unused, kind: "delete", in: namespace, of: "local") == nil)
        }
    }

    @Test("are not created for a job or a key list that does not exist", arguments: LedgerUnderTest.all)
    func references(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            for job in [Job.test("a", undoOf: JobID("none")), .test("a", retryOf: JobID("none"))] {
                let error = await #expect(throws: KVError.self) {
                    try await ledger.create(job, remark: "", idempotencyKey: nil)
                }
                #expect(error?.code == .jobNotFound)
            }
            let error = await #expect(throws: KVError.self) {
                try await ledger.create(.test("a", keyList: 4_711), remark: "", idempotencyKey: nil)
            }
            #expect(error?.code == .invalidRequest)
            let found = try await ledger.find(JobID("a"))
            #expect(found == nil)
        }
    }

    @Test("keep the key lists that they use", arguments: LedgerUnderTest.all)
    func keyLists(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let list = try ledger.newKeyList(now: 1)
            try ledger.add([try Key("a")], toKeyList: list)
            _ = try await create(.test("a", keyList: list), in: ledger)
            try await ledger.dropKeyList(list)
            try await ledger.removeAged(now: 7_200_000)
            #expect(try await ledger.keys(ofKeyList: list, after: nil, limit: 10).map(\.name) == ["a"])
        }
    }

    // MARK: Changing

    @Test("change with everything that belongs to the change", arguments: LedgerUnderTest.all)
    func transition(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let job = try await create(.test("a"), in: ledger)
            let after = job.changed {
                ($0.state, $0.startedAt, $0.finishedAt, $0.isBegun) = (.failed, 2, 3, true)
                ($0.progress.succeeded, $0.progress.failed, $0.progress.total) = (4, 1, 5)
                $0.progress.currentKey = "k\u{0}"
                $0.error = KVError(.internalError, "Broken.")
                $0.download = Job.Download(name: "file", bytes: 7)
            }
            let event = JobEvent(at: 3, kind: .failed, detail: "Broken.")
            let failure = JobFailure(key: "k", line: 9, error: KVError(.invalidKey, "no"), attempts: 2)
            let audit = try #require(AuditRecord(after, after: .running, by: nil, at: 3))
            let additions = JobAdditions(events: [event], failures: [failure], audit: audit)
            #expect(try await ledger.transition(job, to: after, with: additions))
            let found = try await ledger.job(job.id)
            #expect(found.state == .failed && found.startedAt == 2 && found.finishedAt == 3 && found.isBegun)
            #expect(found.progress == after.progress)
            #expect(found.error?.code == .internalError && found.download == after.download)
            #expect(try await ledger.events(of: job.id).last == event)
            #expect(try await ledger.failures(of: job.id, from: nil, limit: 10).items == [failure])
            #expect(try await ledger.failureCount(of: job.id) == 1)
            #expect(try await ledger.failedLines(of: job.id, among: [8, 9]) == [9])
            #expect(try await ledger.audit(AuditFilter()).items.map(\.action) == [.jobFailed])
            #expect(try await ledger.unfinishedJobs().isEmpty)
        }
    }

    @Test("do not change when they are not as expected, and nothing is stored then", arguments: LedgerUnderTest.all)
    func comparison(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let queued = try await create(.test("a"), in: ledger)
            let running = try await move(queued, to: .running, in: ledger)
            let event = JobEvent(at: 3, kind: .cancelled, detail: "")
            let additions = JobAdditions(events: [event])
            let request = StateRequest(.cancel, by: origin)
            for stale in [
                queued, running.changed { $0.isBegun = true }, running.changed { $0.request = request },
                Job.test("none"),
            ] {
                let after = stale.changed { $0.state = .cancelled }
                #expect(try await !ledger.transition(stale, to: after, with: additions))
                #expect(try await !ledger.store(request, for: stale))
            }
            #expect(try await ledger.job(queued.id).state == .running)
            #expect(try await ledger.job(queued.id).request == nil)
            #expect(try await !ledger.events(of: queued.id).contains(event))
        }
    }

    @Test("have one winner among concurrent changes", arguments: LedgerUnderTest.all)
    func concurrentTransitions(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let job = try await create(.test("a"), in: ledger)
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for state in [JobState.running, .paused, .cancelled, .failed] {
                    let after = job.changed { $0.state = state }
                    group.addTask { try await ledger.transition(job, to: after, with: JobAdditions()) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
        }
    }

    @Test(
        "record progress while they run, and keep a request that was stored meanwhile", arguments: LedgerUnderTest.all)
    func progress(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let queued = try await create(.test("a"), in: ledger)
            let nothing = JobAdditions()
            #expect(try await !ledger.record(queued, checkpoint: "0", with: nothing))
            let running = try await move(queued, to: .running, in: ledger)
            let request = StateRequest(.pause, by: origin)
            #expect(try await ledger.store(request, for: running))
            let after = running.changed { $0.progress.succeeded = 10 }
            #expect(try await ledger.record(after, checkpoint: "1", with: nothing))
            #expect(try await ledger.record(after, checkpoint: nil, with: nothing))
            let found = try await ledger.job(queued.id)
            #expect(found.progress.succeeded == 10 && found.request == request && found.state == .running)
            #expect(try await ledger.checkpoint(of: queued.id) == "1")
            #expect(try await ledger.checkpoint(of: JobID("none")) == nil)
        }
    }

    // MARK: Deleting

    @Test("are deleted when they and those that follow them have ended", arguments: LedgerUnderTest.all)
    func deletion(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            var job = try await create(.test("a"), in: ledger)
            func delete() async throws { try await ledger.delete(JobID("a"), by: origin, at: 9) }
            await #expect(throws: KVError.self) { try await delete() }
            job = try await move(job, to: .completed, in: ledger)
            let retry = try await create(.test("b", retryOf: job.id), in: ledger)
            await #expect(throws: KVError.self) { try await delete() }
            _ = try await move(retry, to: .cancelled, in: ledger)
            try await delete()
            #expect(try await ledger.find(job.id) == nil)
            #expect(try await ledger.jobs(JobFilter()).jobs.map(\.id) == [retry.id])
            #expect(try await ledger.audit(AuditFilter()).items.first?.action == .jobDeleted)
            let error = await #expect(throws: KVError.self) { try await delete() }
            #expect(error?.code == .jobNotFound)
            try await ledger.sweep()
            #expect(try await ledger.events(of: job.id).isEmpty)
        }
    }

    @Test("that ended long ago are removed by age, others are not", arguments: LedgerUnderTest.all)
    func retention(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let day: Int64 = 86_400_000
            _ = try await move(create(.test("old"), in: ledger), to: .completed, in: ledger)
            _ = try await create(.test("waiting"), in: ledger)
            try await ledger.removeAged(now: Timestamp(milliseconds: 80 * day))
            #expect(try await ledger.jobs(JobFilter()).total == 2)
            try await ledger.removeAged(now: Timestamp(milliseconds: 100 * day))
            #expect(try await ledger.jobs(JobFilter()).jobs.map(\.id.text) == ["waiting"])
        }
    }

    @Test("give the keys of their failures as a list", arguments: LedgerUnderTest.all)
    func failedKeys(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let running = try await move(create(.test("a"), in: ledger), to: .running, in: ledger)
            let failures = (0..<5_000).map { number in
                JobFailure(key: number == 0 ? nil : "key:\(number % 4_000)", error: KVError(.keyNotFound, ""))
            }
            #expect(try await ledger.record(running, checkpoint: nil, with: JobAdditions(failures: failures)))
            let list = try await ledger.newKeyList(ofFailuresOf: running.id, now: 1)
            #expect(try await ledger.keyCount(ofKeyList: list) == 4_000)
            var cursor: PageCursor?
            var count = 0
            repeat {
                let page = try await ledger.failures(of: running.id, from: cursor, limit: 999)
                count += page.items.count
                cursor = page.cursor
            } while cursor != nil
            #expect(count == 5_000)
        }
    }
}
