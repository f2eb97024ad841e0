import KVModel
import KVTransfer

extension Jobs {
    /// What the job would do. Nothing is made; keys that were named for it are dropped. Throws as `create` would.
    package func plan(_ draft: Draft) async throws -> JobPlan {
        do {
            _ = try await checked(draft)
            let planner = JobPlanner(stores: stores, ledger: ledger, now: now() / 1_000)
            var plan = try await planner.plan(draft, keepsPreImages: try keepsPreImages(draft))
            if let loss = loss(of: draft) { plan.warnings.append(.init(code: "annotations_left_out", detail: loss)) }
            await dropSelection(of: draft)
            return plan
        } catch {
            await dropSelection(of: draft)
            throw error
        }
    }

    /// What a file cannot carry that keys of the namespace may have; nil where that is nothing.
    func loss(of draft: Draft) -> String? {
        guard case .export(_, let form) = draft.work, !form.format.carriesAnnotations,
            annotations.hasAny(in: draft.namespace, of: draft.store)
        else { return nil }
        return
            "Tags, colours and custom metadata, where keys have them, are left out: this format has no place for them; "
            + "NDJSON and JSON have."
    }
}
