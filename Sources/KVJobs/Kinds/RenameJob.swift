package import KVModel

/// Renames keys within their namespace: one prefix is replaced by another.
package struct RenameJob: SelectiveJobKind {
    package static let name = "rename"
    package static let options: JobOptions = [.exact, .undoable]

    package var keys: JobSelection
    package let from: String
    package let to: String
    package let collision: Collision

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case from, to, collision
    }

    package init(_ keys: JobSelection, from: String, to: String, collision: Collision) {
        self.keys = keys
        self.from = from
        self.to = to
        self.collision = collision
    }

    package static func read(_ request: JobRequest) throws -> RenameJob {
        var oldPrefix: String?
        var newPrefix: String?
        var collision = Collision.overwrite
        try request.readMembers { name, scanner in
            switch name {
            case "oldPrefix": oldPrefix = try scanner.text(atMost: TextLimit.text)
            case "newPrefix": newPrefix = try scanner.text(atMost: TextLimit.text)
            case "collision": collision = try scanner.choice(Collision.self)
            default: return false
            }
            return true
        }
        if case .prefix(let prefix) = request.selection { oldPrefix = oldPrefix ?? prefix }
        guard let from = oldPrefix, !from.isEmpty, let to = newPrefix, !to.utf8.elementsEqual(from.utf8) else {
            throw KVError(
                .invalidRequest,
                "A rename needs the prefix that the keys have (as the \"selection\", or as \"oldPrefix\"), and another "
                    + "\"newPrefix\" to take its place.")
        }
        return RenameJob(request.selection, from: from, to: to, collision: collision)
    }

    package var fields: [JobField] {
        [JobField("newPrefix", .text(to)), JobField("collision", .text(collision.rawValue))]
    }

    private var renaming: Renaming { Renaming(from: from, to: to) }

    package var permissions: JobPermissions { JobPermissions(source: [.read, .write, .delete]) }
    package var movesEntries: Bool { true }
    package var excludedPrefix: [UInt8]? { renaming.excludedPrefix }

    package func addRequests(to cost: inout PlanCost) {
        cost.add(\.read, in: cost.source)
        cost.add(\.write, in: cost.source)
        cost.add(\.delete, in: cost.source)
        cost.addPreImages(in: cost.source)
    }

    package func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning] {
        let renaming = renaming
        let names = context.walk.keys.map { try? renaming.name(of: $0) }
        var warnings: [JobPlan.Warning] = []
        let impossible = names.count { $0 == nil }
        if impossible > 0 {
            warnings.append(
                .init(
                    code: "forbidden_names", detail: "\(counted: impossible) cannot be called so, and would fail."))
        }
        guard collision == .overwrite else { return warnings }
        return try await warnings + context.overwritten(names.compactMap(\.self), below: Array(to.utf8))
    }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let renaming = renaming
        let target = try run.target
        var source = run.entries(keys, for: target.engine)
        source.isMoved = true
        source.excludedPrefix = renaming.excludedPrefix
        let step = Move(
            source: try run.source, target: target, collision: collision,
            renamed: { key throws(KVError) in try renaming.name(of: key) }, clock: run.clock)
        return try await run.perform(source, step)
    }
}
