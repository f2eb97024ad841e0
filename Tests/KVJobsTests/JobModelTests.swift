import Foundation
import KVLedger
import KVModel
import KVTransfer
import SQLiteEngine
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// Random jobs over a small key space, paused, cancelled, cut off by crashes, undone and undone again, against dictionaries.
///
/// A seed that fails is run again by itself with `KV_MANAGER_MODEL_SEED=… swift test --filter JobModelTests`;
/// `KV_MANAGER_MODEL_RUNS` says how many seeds there are.
@Suite("Jobs against a model")
struct JobModelTests {
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["KV_MANAGER_MODEL_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let runs = environment["KV_MANAGER_MODEL_RUNS"].flatMap { UInt64($0) } ?? 300
        return (0..<runs).map { $0 + 1 }
    }

    @Test("whatever happens to them, they leave what they should, and say so", arguments: seeds)
    func jobs(seed: UInt64) async throws {
        var run = try await ModelRun(seed: seed)
        for _ in 0..<8 { try await run.step() }
        run.cleanUp()
    }
}

private struct ModelRun {
    let seed: UInt64
    private var random: Seeded
    private var test: JobsUnderTest
    private let spaces: [NamespaceID]
    private var model = Model()
    private let batch: Int

    init(seed: UInt64) async throws {
        self.seed = seed
        random = Seeded(seed: seed)
        batch = Int.random(in: 1...5, using: &random)
        test = try await JobsUnderTest(batch: batch)
        spaces = [try await test.namespace("first"), try await test.namespace("second")]
        for space in 0...1 {
            for name in Model.keys where Bool.random(using: &random) {
                try await write(
                    try Model.entry(name, using: &random), try Model.annotation(using: &random), in: space)
            }
        }
    }

    func cleanUp() {
        try? FileManager.default.removeItem(atPath: test.folder)
    }

    /// As a person does it.
    private mutating func write(_ entry: Entry, _ annotation: AnnotationChange, in space: Int) async throws {
        let engine = try test.jobs.stores.store(named: "local").engine
        _ = try await engine.write([entry], in: spaces[space], when: .always)
        try await test.jobs.annotations.changeAnnotations(
            [entry.key: annotation], in: spaces[space], of: "local", usesReserve: false)
        let there = model.spaces[space][entry.key]?.annotation ?? Annotation()
        model.spaces[space][entry.key] = Model.Held(entry: entry, annotation: annotation.applied(to: there))
    }

    // MARK: One job

    mutating func step() async throws {
        let space = Int(random.next() % 2)
        let (work, selected) = try Model.work(using: &random)
        let before = model
        let asked = try await start(work, selected, on: space)
        let job = try await end(asked.id)
        let limit = job.state == .cancelled ? job.progress.processed : Int.max
        let counts = try model.apply(work, selected, on: space, limit: limit)
        try await check(job, counts, "\(work) of \(selected)")
        if !job.isUndoable {
            #expect(before == model, "\(why(work)): it changed something, and cannot be undone")
        } else if random.next() % 3 != 0 {
            try await undo(job, work, to: before, why(work))
        }
    }

    private func why(_ what: Any) -> Comment { "seed \(seed): \(what)" }

    private func start(_ work: Model.Work, _ selected: Model.Selected, on space: Int) async throws -> Job {
        let selection: JobSelection =
            switch selected {
            case .all: .all
            case .prefix(let prefix): .prefix(prefix)
            case .keys(let names): if case .importing = work { .all } else { try test.select(names) }
            }
        let target = JobTarget(store: "local", namespace: spaces[1 - space].text)
        switch work {
        case .delete: return try await test.start(.delete(selection), on: spaces[space])
        case .expire(let time): return try await test.start(.expire(selection, at: time), on: spaces[space])
        case .copy(let collision):
            return try await test.start(.copy(selection, target: target, collision: collision), on: spaces[space])
        case .move(let collision):
            return try await test.start(.move(selection, target: target, collision: collision), on: spaces[space])
        case .rename(let from, let to, let collision):
            return try await test.start(
                .rename(selection, from: from, to: to, collision: collision), on: spaces[space])
        case .tag(let change): return try await test.start(.tag(selection, change), on: spaces[space])
        case .importing(let items, let collision):
            var writer = RecordWriter(format: .ndjson, isGzipped: false)
            let file = try writer.batch(items.map(\.entry), annotations: items.map(\.annotation))
            let draft = Jobs.Draft(
                store: "local", namespace: spaces[space], work: .importing(format: .ndjson, collision: collision),
                createdBy: "test", idempotencyKey: nil)
            return try await test.jobs.createImport(
                draft, upload: try test.upload(String(decoding: file, as: UTF8.self)))
        }
    }

    /// The job is done by what it says itself, and the store holds what the model does.
    private func check(_ job: Job, _ counts: Model.Counts, _ what: String) async throws {
        let progress = job.progress
        #expect(
            Model.Counts(succeeded: progress.succeeded, skipped: progress.skipped, failed: progress.failed) == counts,
            why(what))
        #expect(job.state == .cancelled || job.state == (counts.failed > 0 ? .incomplete : .completed), why(what))
        let failures = try await test.jobs.failures(of: job.id, from: nil, limit: 100).items
        #expect(
            failures.count == counts.failed
                && Set(failures.compactMap { $0.key.map { Array($0.utf8) } }).count == counts.failed, why(what))
        try await compare(what)
    }

    private func compare(_ what: String) async throws {
        for space in 0...1 {
            let found = try await held(in: space)
            let differing = Set(found.keys).union(model.spaces[space].keys).filter {
                found[$0] != model.spaces[space][$0]
            }
            for key in differing.sorted() {
                Issue.record(
                    why("\(what), space \(space): \(told(found[key])), not \(told(model.spaces[space][key]))"))
            }
            #expect(try await test.engine.namespace(spaces[space]).keyCount == found.count, why(what))
        }
    }

    private func told(_ held: Model.Held?) -> String {
        guard let (entry, annotation) = held.map({ ($0.entry, $0.annotation) }) else { return "nothing" }
        let parts = [entry.metadata?.json, annotation.customMetadata?.json].map {
            String(decoding: $0 ?? [], as: UTF8.self)
        }
        return "\(entry.key) \(entry.value) \(parts) \(entry.expiration?.seconds ?? 0) \(annotation.tags) "
            + (annotation.color?.rawValue ?? "no color")
    }

    private func held(in space: Int) async throws -> [Key: Model.Held] {
        let entries = try await test.entries(in: spaces[space])
        let annotations = try await test.jobs.annotations.annotations(
            of: entries.map(\.key), in: spaces[space], of: "local")
        return Dictionary(
            uniqueKeysWithValues: entries.map {
                ($0.key, Model.Held(entry: $0, annotation: annotations[$0.key] ?? Annotation()))
            })
    }

    // MARK: Undoing

    private mutating func undo(_ job: Job, _ work: Model.Work, to before: Model, _ why: Comment) async throws {
        let after = model
        // Somebody may write a key in between, which is then left as it is.
        var touched: (space: Int, key: Key, held: Model.Held)?
        if Bool.random(using: &random) {
            let name = Model.keys[Int(random.next() % UInt64(Model.keys.count))]
            let space = Int(random.next() % 2), key = try Key(name)
            var entry = try Model.entry(name, using: &random)
            // By its content it may be just what was there.
            if let there = model.spaces[space][key]?.entry, Bool.random(using: &random) { entry = there }
            try await write(entry, try Model.annotation(using: &random), in: space)
            touched = try (space, key, #require(model.spaces[space][key]))
        }
        let undone = try await end(
            try await test.jobs.undo(job.id, isForced: false, createdBy: "test", idempotencyKey: nil).id)
        guard undone.state != .cancelled else { return try await adopt() }
        model = before
        if let touched {
            let (was, left) = (before.spaces[touched.space][touched.key], after.spaces[touched.space][touched.key])
            model.spaces[touched.space][touched.key] = Model.undone(work, was, left, touched.held)
        }
        try await compare("the undo of \(why)")
        let failures = try await test.jobs.failures(of: undone.id, from: nil, limit: 100).items
        #expect(failures.allSatisfy { $0.error.code == .changedSince && $0.key == touched?.key.name }, why)
        guard undone.isUndoable, touched == nil, Bool.random(using: &random) else { return }
        let redone = try await end(
            try await test.jobs.undo(undone.id, isForced: false, createdBy: "test", idempotencyKey: nil).id)
        guard redone.state != .cancelled else { return try await adopt() }
        model = after
        try await compare("the undo of the undo of \(why)")
    }

    /// Takes for true what a cancelled undo has left.
    private mutating func adopt() async throws {
        for space in 0...1 {
            model.spaces[space] = try await held(in: space)
        }
    }

    // MARK: Mischief

    private enum Mischief: CaseIterable {
        case crash, pause, cancel, restart
    }

    /// Takes the job to its end through all that happens to it.
    private mutating func end(_ id: JobID) async throws -> Job {
        var left = Int.random(in: 0...3, using: &random)
        var snapshots = SnapshotCheck(seed: seed)
        while true {
            let mischief = left > 0 ? Mischief.allCases.randomElement(using: &random) : nil
            left -= 1
            test = try await JobsUnderTest(folder: test.folder, engine: test.engine, batch: batch)
            var job = try await test.jobs.job(id)
            if job.state == .paused { job = try await test.jobs.resume(id, by: .test) }
            job = try await runOnce(id, mischief, &snapshots)
            if job.state.isFinal { return job }
        }
    }

    /// Until the job has ended, or is paused, or the program is down.
    private mutating func runOnce(
        _ id: JobID, _ mischief: Mischief?, _ snapshots: inout SnapshotCheck
    ) async throws -> Job {
        let (downs, down) = AsyncStream.makeStream(of: Void.self)
        let jobs = test.jobs
        if let mischief {
            let happens: @Sendable () async -> Bool = {
                switch mischief {
                case .crash:
                    down.yield()
                    return true
                case .restart: down.yield()
                case .pause: _ = try? await jobs.pause(id, by: .test)
                case .cancel: _ = try? await jobs.cancel(id, by: .test)
                }
                return false
            }
            test.unruly.plan(
                .init(
                    request: Int.random(in: 0...9, using: &random),
                    moment: UnrulyEngine.Moment.allCases.randomElement(using: &random) ?? .before, happens: happens))
        }
        let seen = try await test.whileRunning {
            try await withThrowingTaskGroup(of: [Job]?.self) { group in
                group.addTask {
                    try await jobs.withProgress(of: id) { snapshots in
                        var seen: [Job] = []
                        for await job in snapshots {
                            seen.append(job)
                            if job.state == .paused { break }
                        }
                        return seen
                    }
                }
                group.addTask {
                    for await _ in downs { break }
                    return nil
                }
                let first = try await group.next() ?? nil
                group.cancelAll()
                return first ?? []
            }
        }
        test.unruly.plan(nil)
        snapshots.check(seen)
        return try await jobs.ledger.job(id)
    }
}

/// What must hold of all snapshots of a job, over all its runs.
private struct SnapshotCheck {
    let seed: UInt64
    private var last: Job?

    init(seed: UInt64) {
        self.seed = seed
    }

    mutating func check(_ snapshots: [Job]) {
        for job in snapshots {
            let progress = job.progress
            let percentage = progress.percentage(in: job.state)
            #expect((percentage == 100) == (job.state == .completed || job.state == .incomplete), "seed \(seed)")
            if let last {
                #expect(progress.sequence >= last.progress.sequence, "seed \(seed)")
                #expect(progress.processed >= last.progress.processed, "seed \(seed)")
                if let percentage, let before = last.progress.percentage(in: last.state) {
                    #expect(percentage >= before, "seed \(seed)")
                }
                #expect(!last.state.isFinal, "seed \(seed)")
            }
            last = job
        }
    }
}
