import KVModel

/// Changes the tags or the color of keys. The store itself is not changed.
package struct TagJob: SelectiveJobKind {
    package static let name = "tag"
    package static let options: JobOptions = []

    package var keys: JobSelection
    package let change: TagChange

    private enum CodingKeys: String, CodingKey {
        case keys = "_0"
        case change = "_1"
    }

    package init(_ keys: JobSelection, _ change: TagChange) {
        self.keys = keys
        self.change = change
    }

    package static func read(_ request: JobRequest) throws -> TagJob {
        var tags: [String: [String]] = [:]
        var color: Annotation.Color??
        try request.readMembers { name, scanner in
            switch name {
            case "add", "remove", "replace": tags[name] = try scanner.tags()
            case "color": color = try scanner.color()
            default: return false
            }
            return true
        }
        let add = try Tags.checked(tags["add"] ?? [])
        let remove = try Tags.checked(tags["remove"] ?? [])
        let change: TagChange =
            switch (tags["replace"], add.isEmpty && remove.isEmpty, color) {
            case (let new?, true, nil): .replace(try Tags.checked(new))
            case (nil, false, nil): .edit(add: add, remove: remove)
            case (nil, true, let color?): .color(color)
            default:
                throw KVError(
                    .invalidRequest,
                    "To tag keys give lists of tags, \"add\" and \"remove\", or \"replace\"; or give a \"color\".")
            }
        return TagJob(request.selection, change)
    }

    package var fields: [JobField] {
        switch change {
        case .replace(let tags): [JobField("replace", .texts(tags))]
        case .edit(let add, let remove): [JobField("add", .texts(add)), JobField("remove", .texts(remove))]
        case .color(let color): [JobField("color", .text(color?.rawValue))]
        }
    }

    package var permissions: JobPermissions { JobPermissions(source: [.write]) }
    package var preImages: PreImagePolicy { .always }
    package var changesAnnotationsOnly: Bool { true }

    package func addRequests(to cost: inout PlanCost) { cost.addPreImages(in: cost.source) }

    package func run(_ run: JobRun) async throws -> JobEnding {
        let step = Tag(namespace: try run.source, change: change, isNamed: keys.isNamed)
        return try await run.perform(run.keys(keys), step)
    }
}
