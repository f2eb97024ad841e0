import KVLedger
import KVModel

extension Jobs {
    /// What the job would do. Nothing is made; keys that were named for it are dropped. Throws as `create` would.
    package func plan(_ draft: Draft) async throws -> JobPlan {
        do {
            _ = try await checked(draft)
            let planner = JobPlanner(stores: stores, ledger: ledger, annotations: annotations, now: clock.now)
            let plan = try await planner.plan(draft, keepsPreImages: try keepsPreImages(draft))
            await dropSelection(of: draft)
            return plan
        } catch {
            await dropSelection(of: draft)
            throw error
        }
    }
}
