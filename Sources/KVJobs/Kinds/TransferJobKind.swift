package import KVLedger
package import KVModel

/// A kind of job that writes the entries of selected keys to another namespace.
package protocol TransferJobKind: SelectiveJobKind {
    var destination: JobTarget { get }
    var collision: Collision { get }

    init(_ keys: JobSelection, target: JobTarget, collision: Collision)
}

/// The stored form of every transfer.
enum TransferCodingKeys: String, CodingKey {
    case keys = "_0"
    case destination = "target"
    case collision
}

extension TransferJobKind {
    package static var options: JobOptions { [.exact, .undoable] }

    package static func read(_ request: JobRequest) throws -> Self {
        var target: JobTarget?
        var collision = Collision.overwrite
        try request.readMembers { name, scanner in
            switch name {
            case "target": target = try scanner.jobTarget()
            case "collision": collision = try scanner.choice(Collision.self)
            default: return false
            }
            return true
        }
        guard let target else { throw KVError(.invalidRequest, "A \(name) needs a \"target\".") }
        return Self(request.selection, target: target, collision: collision)
    }

    package var target: JobTarget? { destination }
    package var fields: [JobField] { [JobField("collision", .text(collision.rawValue))] }
    package var movesEntries: Bool { true }

    package func warnings(_ context: PlanContext) async throws -> [JobPlan.Warning] {
        guard collision == .overwrite else { return [] }
        return try await context.overwritten(by: keys, in: destination)
    }
}
