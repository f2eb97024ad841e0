import KVLedger
import KVModel

/// Plans a job: walks its keys without its step, and reckons what it would cost.
struct JobPlanner: Sendable {
    /// Keys a second, where no quota says otherwise; a cautious guess for an embedded store.
    private static let localPace = 100_000

    let stores: Stores
    let ledger: any KeyListStore
    let annotations: any AnnotationStore
    let now: Timestamp

    func plan(_ draft: Jobs.Draft, keepsPreImages: Bool?) async throws -> JobPlan {
        let engine = try stores.store(named: draft.store).engine.working(in: draft.context)
        let kind = draft.work
        guard let selection = kind.selection else {
            throw KVError(.invalidRequest, "An import is not planned: its file is looked at when it is sent.")
        }
        var walk = try await walk(selection, of: draft, on: engine)
        var plan = JobPlan()
        try await count(walk, selection, of: draft, on: engine, into: &plan)
        plan.sample = Array(walk.keys.prefix(PlanWalk.sampleSize))
        plan.isUndoable = keepsPreImages ?? (plan.isComplete && plan.keys < Job.keysWithPreImages)
        var cost = PlanCost(stores, source: draft.store, keys: plan.keys, keepsPreImages: plan.isUndoable)
        if !selection.isNamed, cost.costsRequests(in: draft.store) { cost.add(\.list, in: draft.store) }
        kind.addRequests(to: &cost)
        var seconds = plan.keys / Self.localPace
        for (name, requests) in cost.requests {
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
            let areReported =
                !kind.deletesKeys || plan.isUndoable || engine.traits.capabilities.contains(.reportsPriorExistence)
            plan.warnings += named.warnings(of: plan.keys, areReported: areReported)
        }
        let isAnnotated = try await annotations.hasAnnotations(in: draft.namespace, of: draft.store)
        if let omission = kind.omission(isAnnotated: isAnnotated) {
            plan.warnings.append(.init(code: "annotations_left_out", detail: omission))
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
        if let excluded = draft.work.excludedPrefix { walk.keys.removeAll { $0.bytes.starts(with: excluded) } }
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
            plan.keys = try await ledger.keyCount(ofKeyList: number)
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
        let expiring = walk.expirations.count { $0.seconds <= now.seconds + Int64(plan.seconds) + 60 }
        if expiring > 0, draft.work.movesEntries {
            warn("expiring", "\(counted: expiring) may expire before the job comes to them; they are skipped then.")
        }
        if !engine.traits.capabilities.contains(.exactBatchReads), !draft.readsExactly, draft.work.movesEntries {
            warn("byte_exact", "Values that are not text are read a second time, a request each, to keep every byte.")
        }
        if !plan.isUndoable, draft.work.preImages != .nothingToKeep {
            warn("not_undoable", "What it changes is not kept: it cannot be undone.")
        }
        let context = PlanContext(
            stores: stores, store: draft.store, namespace: draft.namespace, walk: walk, work: draft.context)
        return try await warnings + draft.work.warnings(context)
    }
}
