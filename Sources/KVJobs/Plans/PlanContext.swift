import KVLedger
import KVModel

/// What a kind of job adds its warnings to a plan from.
package struct PlanContext: Sendable {
    let stores: Stores
    let store: String
    let namespace: NamespaceID
    /// The keys that the job would take, as far as a plan looks.
    let walk: PlanWalk
    /// On whose behalf engines are asked.
    let work: WorkContext

    /// A warning about those of the job's keys that exist in another namespace.
    func overwritten(by keys: JobSelection, in target: JobTarget) async throws -> [JobPlan.Warning] {
        let existing = try await PlanWalk(
            keys.prefixBytes, of: NamespaceID(target.namespace), on: engine(of: target.store))
        return Self.overwritten(Set(existing.keys).intersection(walk.keys).count)
    }

    /// A warning about those of the names that exist in the job's namespace, where they have a prefix.
    func overwritten(_ names: [Key], below prefix: [UInt8]) async throws -> [JobPlan.Warning] {
        let existing = Set(try await PlanWalk(prefix, of: namespace, on: engine(of: store)).keys)
        return Self.overwritten(names.count { existing.contains($0) })
    }

    private func engine(of store: String) throws(KVError) -> any KeyValueEngine {
        try stores.store(named: store).engine.working(in: work)
    }

    private static func overwritten(_ count: Int) -> [JobPlan.Warning] {
        guard count > 0 else { return [] }
        return [.init(code: "overwritten", detail: "\(counted: count) in the target would be overwritten.")]
    }
}

extension String.StringInterpolation {
    /// A number of keys.
    mutating func appendInterpolation(counted keys: Int) {
        appendLiteral(keys == 1 ? "1 key" : "\(keys.grouped) keys")
    }
}
