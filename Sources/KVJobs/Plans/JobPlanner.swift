import KVModel

/// Plans a job: walks its keys without its step, and reckons what it would cost.
struct JobPlanner: Sendable {
    /// Keys a second, where no quota says otherwise; a cautious guess for an embedded store.
    private static let localPace = 100_000

    let stores: Stores
    let ledger: Ledger
    /// Seconds since 1970.
    let now: Int64

    func plan(_ draft: Jobs.Draft, keepsPreImages: Bool?) async throws -> JobPlan {
        let engine = try stores.store(named: draft.store).engine
        guard let selection = draft.work.selection else {
            throw KVError(.invalidRequest, "An import is not planned: its file is looked at when it is sent.")
        }
        var walk = try await walk(selection, of: draft, on: engine)
        var plan = JobPlan()
        try await count(walk, selection, of: draft, on: engine, into: &plan)
        plan.sample = Array(walk.keys.prefix(PlanWalk.sampleSize))
        plan.isUndoable = keepsPreImages ?? (plan.isComplete && plan.keys < Job.keysWithPreImages)
        let cost = PlanCost(draft, keys: plan.keys, keepsPreImages: plan.isUndoable, isNamed: selection.isNamed)
        var seconds = plan.keys / Self.localPace
        for (name, requests) in cost.requests(stores) {
            plan.requests += requests
            guard let pace = try stores.store(named: name).engine.pace else { continue }
            let beyond = max(0, requests - pace.remaining)
            seconds = max(
                seconds, Int((Double(beyond) * pace.quota.seconds / Double(pace.quota.requests)).rounded(.up)))
        }
        plan.seconds = seconds
        let named = selection.isNamed ? try await NamedKeys(walk.keys, in: draft.namespace, on: engine) : nil
        if let named {
            let missing = Set(named.missing)
            walk.keys.removeAll { missing.contains($0) }
        }
        plan.warnings = try await warnings(draft, walk, plan, engine)
        if let named {
            plan.missing = named.count == plan.keys ? named.missing.count : nil
            let areReported = draft.work.kind != .delete || plan.isUndoable || engine.traits.tellsWhatWasThere
            plan.warnings += named.warnings(of: plan.keys, areReported: areReported)
        }
        return plan
    }

    private func walk(
        _ selection: JobSelection, of draft: Jobs.Draft, on engine: any KeyValueEngine
    ) async throws -> PlanWalk {
        if case .keys(let number) = selection {
            return try await PlanWalk(selection: number, of: ledger, limit: PlanWalk.keysAtMost(engine))
        }
        var walk = try await PlanWalk(selection.prefixBytes, of: draft.namespace, on: engine)
        if case .rename(_, let from, let to, _) = draft.work,
            let excluded = Renaming(from: from, to: to).excludedPrefix
        {
            walk.keys.removeAll { $0.bytes.starts(with: excluded) }
        }
        return walk
    }

    /// What was not walked over is counted, where the engine can.
    private func count(
        _ walk: PlanWalk, _ selection: JobSelection, of draft: Jobs.Draft, on engine: any KeyValueEngine,
        into plan: inout JobPlan
    ) async throws {
        plan.keys = walk.keys.count
        plan.bytes = walk.bytes
        guard !walk.isComplete else { return }
        plan.bytes = selection == .all ? try await engine.namespace(draft.namespace).valueBytes : nil
        if case .keys(let number) = selection {
            plan.keys = try await ledger.keyCount(ofSelection: number)
        } else if let counted = try await engine.count(in: draft.namespace, prefix: selection.prefixBytes) {
            plan.keys = max(plan.keys, counted)
        } else {
            plan.isComplete = false
        }
    }

    // MARK: Warnings

    private func warnings(
        _ draft: Jobs.Draft, _ walk: PlanWalk, _ plan: JobPlan, _ engine: any KeyValueEngine
    ) async throws -> [JobPlan.Warning] {
        var warnings: [JobPlan.Warning] = []
        func warn(_ code: String, _ detail: String) { warnings.append(.init(code: code, detail: detail)) }
        if !plan.isComplete {
            warn("not_counted", "There are more than \(plan.keys.grouped) keys; counting them all would cost requests.")
        }
        let expiring = walk.expirations.count { $0.seconds <= now + Int64(plan.seconds) + 60 }
        if expiring > 0, draft.work.movesEntries {
            warn("expiring", "\(keys(expiring)) may expire before the job comes to them; they are skipped then.")
        }
        if engine.traits.isRemote, !draft.readsExactly, draft.work.movesEntries {
            warn("byte_exact", "Values that are not text are read a second time, a request each, to keep every byte.")
        }
        if !plan.isUndoable, draft.work.kind != .export {
            warn("not_undoable", "What it changes is not kept: it cannot be undone.")
        }
        if case .rename(_, let from, let to, _) = draft.work {
            let renaming = Renaming(from: from, to: to)
            let impossible = walk.keys.count { (try? renaming.name(of: $0)) == nil }
            if impossible > 0 { warn("forbidden_names", "\(keys(impossible)) cannot be called so, and would fail.") }
        }
        let overwritten = try await overwritten(by: draft, walk)
        if overwritten > 0 {
            warn("overwritten", "\(keys(overwritten)) in the target would be overwritten.")
        }
        return warnings
    }

    private func keys(_ count: Int) -> String { count == 1 ? "1 key" : "\(count.grouped) keys" }

    /// How many of the keys are in the target, among those that were looked at.
    private func overwritten(by draft: Jobs.Draft, _ walk: PlanWalk) async throws -> Int {
        let prefix = draft.work.selection?.prefixBytes ?? []
        switch draft.work {
        case .copy(_, let target, .overwrite), .move(_, let target, .overwrite):
            let engine = try stores.store(named: target.store).engine
            let there = try await PlanWalk(prefix, of: NamespaceID(target.namespace), on: engine)
            return Set(there.keys).intersection(walk.keys).count
        case .rename(_, let from, let to, .overwrite):
            let engine = try stores.store(named: draft.store).engine
            let there = Set(try await PlanWalk(Array(to.utf8), of: draft.namespace, on: engine).keys)
            let renaming = Renaming(from: from, to: to)
            return walk.keys.count { key in (try? renaming.name(of: key)).map { there.contains($0) } ?? false }
        default: return 0
        }
    }
}

extension JobWork {
    /// Whether values and what belongs to them are read and written somewhere.
    fileprivate var movesEntries: Bool {
        switch self {
        case .copy, .move, .rename, .export: true
        case .delete, .expire, .tag, .importing, .undo, .unknown: false
        }
    }
}
