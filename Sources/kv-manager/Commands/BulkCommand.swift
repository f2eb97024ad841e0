import ArgumentParser
import KVAPI
import KVClient

struct BulkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulk", abstract: "Do something with many keys, as a job with progress, failures and a way back.",
        subcommands: [
            BulkPut.self, BulkGet.self, BulkDelete.self, BulkCopy.self, BulkMove.self, BulkRename.self,
            BulkExpire.self, BulkTag.self,
        ])
}

/// What is common to jobs over a selection of keys.
struct BulkOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup(title: "Which keys") var selection: SelectionOptions
    @OptionGroup(title: "How") var job: JobCommandOptions
    @OptionGroup var output: OutputOptions

    /// - Parameters:
    ///   - words: What is done with them, such as `Delete`.
    ///   - target: Where they go, if they go somewhere.
    func run(
        _ kind: String, _ words: String, to target: String? = nil, in session: Session,
        _ fill: (inout API.JobRequest, NamespaceAddress) async throws -> Void = { _, _ in }
    ) async throws {
        let place = try await namespace.place(session)
        var body = try await API.JobRequest(
            kind: kind, store: place.store, namespace: place.id, selection: selection.selection(session))
        try await fill(&body, place)
        _ = try await JobFollower(session: session, options: job, form: output.output)
            .run(body, "\(words) keys of \"\(place.title)\"" + (target.map { " to \"\($0)\"" } ?? ""))
    }
}

/// A job over a selection of keys.
protocol BulkJob: SessionCommand {
    var options: BulkOptions { get }
}

extension BulkJob {
    var connection: ConnectionOptions { options.connection }
}

struct BulkDelete: BulkJob {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete keys.",
        discussion: "Example:\n  kv-manager bulk delete -n sessions --prefix user: --plan")

    @OptionGroup var options: BulkOptions

    func run(_ session: Session) async throws { try await options.run("delete", "Delete", in: session) }
}

enum CollisionChoice: String, ExpressibleByArgument, CaseIterable {
    case overwrite, skip, fail
}

/// Where keys go.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The namespace that they go to, by its title or its id.", valueName: "namespace"))
    var to: String

    @Option(help: ArgumentHelp("The store that they go to; the same one unless said.", valueName: "store"))
    var toStore: String?

    @Option(help: "What to do with a key that already exists.")
    var collision = CollisionChoice.overwrite

    func fill(_ body: inout API.JobRequest, from place: NamespaceAddress, _ session: Session) async throws {
        let target = try await session.client.place(to, in: toStore ?? place.store)
        body.target = API.JobTarget(store: target.store, namespace: target.id)
        body.collision = collision.rawValue
    }
}

/// A job that takes keys somewhere else.
protocol BulkTransfer: BulkJob {
    var target: TargetOptions { get }
}

extension BulkTransfer {
    fileprivate func transfer(_ kind: String, _ words: String, _ session: Session) async throws {
        try await options.run(kind, words, to: target.to, in: session) { body, place in
            try await target.fill(&body, from: place, session)
        }
    }
}

struct BulkCopy: BulkTransfer {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy keys into another namespace, with metadata, expiration, tags, colour and custom metadata.",
        discussion: "Example:\n  kv-manager bulk copy -n staging --all --to production --collision skip")

    @OptionGroup var options: BulkOptions
    @OptionGroup(title: "Where to") var target: TargetOptions

    func run(_ session: Session) async throws { try await transfer("copy", "Copy", session) }
}

struct BulkMove: BulkTransfer {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Move keys into another namespace: each is deleted here after it is written there.",
        discussion: "Example:\n  kv-manager bulk move -n sessions --prefix old: --to archive --yes")

    @OptionGroup var options: BulkOptions
    @OptionGroup(title: "Where to") var target: TargetOptions

    func run(_ session: Session) async throws { try await transfer("move", "Move", session) }
}

struct BulkRename: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Let all keys that begin with one prefix begin with another.",
        discussion: "Example:\n  kv-manager bulk rename -n sessions user: person:")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup(title: "How") var job: JobCommandOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "What to do with a key that already exists.")
    var collision = CollisionChoice.overwrite

    @Argument(help: "What they begin with.") var old: String
    @Argument(help: "What they are to begin with.") var new: String

    func run(_ session: Session) async throws {
        let place = try await namespace.place(session)
        var body = API.JobRequest(
            kind: "rename", store: place.store, namespace: place.id, selection: API.Selection(prefix: old))
        body.newPrefix = new
        body.collision = collision.rawValue
        _ = try await JobFollower(session: session, options: job, form: output.output)
            .run(body, "Rename keys of \"\(place.title)\" from \(old) to \(new)")
    }
}

struct BulkExpire: BulkJob {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Set or take away the expiration of keys; their values stay.",
        discussion: "Example:\n  kv-manager bulk expire -n sessions --prefix guest: --ttl 30d")

    @OptionGroup var options: BulkOptions
    @OptionGroup var expires: ExpirationOptions
    @Flag(help: "They stay until they are deleted.") var never = false

    mutating func validate() throws {
        guard [expires.ttl != nil, expires.expiration != nil, never].count(where: \.self) == 1 else {
            throw ValidationError("Use one of --ttl, --expiration and --never.")
        }
    }

    func run(_ session: Session) async throws {
        try await options.run("expire", "Set the expiration of", in: session) { body, _ in
            body.ttl = expires.ttl
            body.expiration = expires.expiration
            body.never = never ? true : nil
        }
    }
}

struct BulkTag: BulkJob {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Add, remove or replace the tags of keys, or give keys a colour.",
        discussion: """
            Examples:
              kv-manager bulk tag -n sessions --prefix vip: --add important --add 2026
              kv-manager bulk tag -n sessions --prefix vip: --color green
            """)

    @OptionGroup var options: BulkOptions
    @Option(help: ArgumentHelp("A tag to add; may be given often.", valueName: "tag")) var add: [String] = []
    @Option(help: ArgumentHelp("A tag to take away; may be given often.", valueName: "tag")) var remove: [String] = []
    @Option(help: ArgumentHelp("A tag to have in place of all others; may be given often.", valueName: "tag"))
    var replace: [String] = []
    @Flag(help: "Take all tags away.") var clear = false
    @Option(help: ArgumentHelp("The colour to have.", valueName: "color")) var color: ColorChoice?

    mutating func validate() throws {
        let edits = !add.isEmpty || !remove.isEmpty
        guard [edits, !replace.isEmpty, clear, color != nil].count(where: \.self) == 1 else {
            throw ValidationError("Use --add and --remove, or --replace, or --clear, or --color.")
        }
    }

    func run(_ session: Session) async throws {
        try await options.run("tag", "Tag", in: session) { body, _ in
            body.add = add.isEmpty ? nil : add
            body.remove = remove.isEmpty ? nil : remove
            body.replace = clear ? [] : replace.isEmpty ? nil : replace
            body.color = color?.json
        }
    }
}
