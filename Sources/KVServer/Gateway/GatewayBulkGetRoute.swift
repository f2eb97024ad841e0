import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

/// Up to 100 values at once, as text or JSON.
///
/// It is text that is answered, and what is not text is damaged, as on the hosted service: bytes that are not UTF-8
/// become U+FFFD.
struct GatewayBulkGetRoute {
    fileprivate static let maximumKeys = 100
    /// Of all values together; ours, to bound memory. One value alone has no more.
    private static let maximumBytes = Entry.maximumValueBytes
    /// The memory of the values, and of the copies that are made while they are read and written.
    private static let reservedBytes = 32 << 20

    let resources: WorkspaceResources
    let bodies: BodyStorage

    func add(to router: RouteTable<AppContext>) {
        router.add("\(GatewayRoute.namespace)/bulk/get", GatewayEndpoint(.post, "bulk get", requires: .read, get))
    }

    @Sendable private func get(_ request: Request, _ context: AppContext) async throws -> Response {
        let workspace = context.workspace(resources)
        let location = try context.hostedLocation()
        let traits = try workspace.traits(of: location)
        let wanted = try await Wanted(request, bodies)
        var answer = BulkGetAnswer(bodies, form: wanted.form, withMetadata: wanted.withMetadata)
        if traits.capabilities.contains(.costsQuota) {
            try await readAtOnce(wanted.keys, in: location, workspace, into: &answer)
        } else {
            try await readOneByOne(wanted.keys, in: location, workspace, traits, into: &answer)
        }
        return try await answer.response()
    }

    /// In as few requests as there can be, with the values in memory.
    private func readAtOnce(
        _ keys: [Key], in location: NamespaceLocation, _ workspace: Workspace, into answer: inout BulkGetAnswer
    ) async throws {
        let reservation = try await bodies.budget.reserve(Self.reservedBytes)
        defer { withExtendedLifetime(reservation) {} }
        var total = 0
        var done = 0
        while done < keys.count {
            let rest = Array(keys[done...])
            let found = try await workspace.read(rest, in: location, bytes: max(1, Self.maximumBytes - total))
            for (key, entry) in zip(rest, found) {
                try Self.add(entry?.entry.value.count ?? 0, to: &total)
                try await answer.add(key, entry?.entry)
            }
            done += found.count
        }
    }

    /// With large values piece by piece.
    private func readOneByOne(
        _ keys: [Key], in location: NamespaceLocation, _ workspace: Workspace, _ traits: EngineTraits,
        into answer: inout BulkGetAnswer
    ) async throws {
        var total = 0
        for key in keys {
            do {
                let value = try await workspace.value(of: key, in: location)
                try Self.add(value.info.size ?? 0, to: &total)
                try await answer.add(key, value, from: traits)
            } catch let error as KVError where error.code == .keyNotFound {
                try await answer.add(key, nil)
            }
        }
    }

    private static func add(_ bytes: Int, to total: inout Int) throws(KVError) {
        total += bytes
        guard total <= maximumBytes else {
            throw KVError(
                .valueTooLarge,
                "The values have more than \(maximumBytes) bytes (25 MiB) together; ask for fewer keys at once.")
        }
    }
}

/// What is asked for.
private struct Wanted: Sendable {
    /// Each once.
    private(set) var keys: [Key] = []
    private(set) var form = BulkGetAnswer.Form.text
    private(set) var withMetadata = false

    init(_ request: Request, _ bodies: BodyStorage) async throws {
        var wanted = self
        try await request.readMembers(bodies) { name, scanner in
            switch name {
            case "keys": wanted.keys = try BulkKeys.read(&scanner, atMost: GatewayBulkGetRoute.maximumKeys)
            case "type": wanted.form = scanner.takeNull() ? .text : try scanner.choice(BulkGetAnswer.Form.self)
            case "withMetadata": wanted.withMetadata = scanner.takeNull() ? false : try scanner.boolean()
            default: return false
            }
            return true
        }
        guard !wanted.keys.isEmpty else { throw CloudflareError.wrongCount("at least one key needed") }
        var seen: Set<Key> = []
        wanted.keys = wanted.keys.filter { seen.insert($0).inserted }
        self = wanted
    }
}
