import Hummingbird
import KVJobs
import KVModel
import KVTransfer

/// What a client sends to start a job, read from a file: the keys named in it may be millions. All the rest is small.
struct JobRequest {
    /// Of the body without the keys named in it.
    private static let maximumBytes = 64 << 10

    private var kind: JobKind?
    private var store: String?
    private var namespace: String?
    private var selection: JobSelection?
    private var target: JobTarget?
    private var collision: Collision?
    private var format: FileFormat?
    private var gzip: Bool?
    private var neutralizeFormulas: Bool?
    private var exact: Bool?
    private var undoable: Bool?
    private var plan: Bool?
    private var tags: [String: [String]] = [:]
    private var color: Annotation.Color??
    private var oldPrefix: String?
    private var newPrefix: String?
    private var life = Life()
    private let file: MappedFile
    private let jobs: Jobs
    private let now: Int64
    private var named: Int64?
    /// Of the body, those that name keys.
    private var keyBytes = 0
    private var usesList = false

    /// Receives the body on the disk and reads it there, on one of the threads.
    ///
    /// - Parameter now: seconds since 1970; times to live count from it.
    static func draft(
        from request: Request, jobs: Jobs, threads: KeyListThreads, now: Int64, createdBy: String,
        idempotencyKey: String?
    ) async throws -> (draft: Jobs.Draft, isPlan: Bool) {
        // Also on a nearly full disk jobs can be created that delete something.
        let file = try await MappedFile.receive(
            request, limit: .max, files: jobs.files, usesReserve: true)
        return try await threads.run {
            try file.read { bytes in
                var request = JobRequest(file, jobs: jobs, now: now)
                do {
                    try request.read(bytes)
                    let key = idempotencyKey.map {
                        IdempotencyKey($0, of: "POST /api/jobs", body: UnsafeRawBufferPointer(bytes))
                    }
                    let draft = try request.draft(createdBy: createdBy, idempotencyKey: key)
                    return (draft, request.plan ?? false)
                } catch {
                    // Should this fail too, the next start drops what belongs to no job.
                    if let named = request.named { try? jobs.dropSelection(named) }
                    throw error
                }
            }
        }
    }

    private init(_ file: MappedFile, jobs: Jobs, now: Int64) {
        self.file = file
        self.jobs = jobs
        self.now = now
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        try JSONObject.read(bytes) { name, scanner in
            try checkSize(upTo: scanner.position)
            switch name {
            case "kind": kind = try scanner.choice(JobKind.self)
            case "store": store = try scanner.text(atMost: TextLimit.name)
            case "namespace": namespace = try scanner.text(atMost: TextLimit.name)
            case "selection": selection = try readSelection(&scanner)
            case "target": target = try Self.readTarget(&scanner)
            case "collision": collision = try scanner.choice(Collision.self)
            case "format": format = try scanner.choice(FileFormat.self)
            case "gzip": gzip = try scanner.boolean()
            case "neutralizeFormulas": neutralizeFormulas = try scanner.boolean()
            case "exact": exact = try scanner.boolean()
            case "undoable": undoable = try scanner.boolean()
            case "add", "remove", "replace": tags[name] = try scanner.tags()
            case "color": color = try scanner.color()
            case "plan": plan = try scanner.boolean()
            case "oldPrefix": oldPrefix = try scanner.text(atMost: TextLimit.text)
            case "newPrefix": newPrefix = try scanner.text(atMost: TextLimit.text)
            case "expiration": life.expiration = try scanner.expiration()
            case "ttl": life.ttl = try scanner.ttl()
            case "never": life.never = try scanner.boolean()
            default: return false
            }
            return true
        }
        try checkSize(upTo: bytes.count)
    }

    private func checkSize(upTo position: Int) throws(KVError) {
        guard position - keyBytes <= Self.maximumBytes else {
            throw KVError(
                .bodyTooLarge,
                "The body has more than the \(Self.maximumBytes) bytes that a job may have besides its keys.")
        }
    }

    private mutating func readSelection(_ scanner: inout JSONScanner) throws -> JobSelection {
        var found: [JobSelection] = []
        try JSONObject.read(&scanner) { name, scanner in
            switch name {
            case "keys": found.append(.keys(selection: try readKeys(&scanner)))
            case "list": found.append(.keys(selection: try readList(&scanner)))
            case "prefix": found.append(try Self.prefix(scanner.text(atMost: TextLimit.text)))
            case "all":
                guard try scanner.boolean() else { throw KVError(.invalidRequest, "\"all\" can only be true.") }
                found.append(.all)
            default: return false
            }
            return true
        }
        guard found.count == 1 else {
            throw KVError(.invalidRequest, "A selection is one of \"keys\", \"list\", \"prefix\" and \"all\".")
        }
        return found[0]
    }

    private static func prefix(_ text: String) throws(KVError) -> JobSelection {
        guard !text.isEmpty else {
            throw KVError(
                .invalidRequest, "An empty prefix would take every key; say {\"all\": true} if that is meant.")
        }
        return .prefix(text)
    }

    private mutating func readList(_ scanner: inout JSONScanner) throws -> Int64 {
        let text = try scanner.text(atMost: TextLimit.name)
        guard let number = Int64(text) else {
            throw KVError(.invalidRequest, "\"list\" is what /api/key-lists has answered; \(quoting: text) is not.")
        }
        try jobs.checkList(number)
        usesList = true
        return number
    }

    private mutating func readKeys(_ scanner: inout JSONScanner) throws -> Int64 {
        let selection = try jobs.newSelection()
        named = selection
        var writer = KeyListWriter(selection, of: jobs)
        var passage = MappedFile.Passage(file)
        var isEmpty = true
        let start = scanner.position
        try scanner.array { scanner in
            try writer.add(scanner.key())
            isEmpty = false
            passage.passed(scanner.position)
        }
        guard !isEmpty else { throw KVError(.invalidRequest, "The selection names no key.") }
        try writer.flush()
        keyBytes = scanner.position - start
        return selection
    }

    private static func readTarget(_ scanner: inout JSONScanner) throws -> JobTarget {
        var store: String?
        var namespace: String?
        try JSONObject.read(&scanner) { name, scanner in
            switch name {
            case "store": store = try scanner.text(atMost: TextLimit.name)
            case "namespace": namespace = try scanner.text(atMost: TextLimit.name)
            default: return false
            }
            return true
        }
        guard let store, let namespace else {
            throw KVError(.invalidRequest, "A target has a \"store\" and a \"namespace\".")
        }
        return JobTarget(store: store, namespace: namespace)
    }

    private func draft(createdBy: String, idempotencyKey: IdempotencyKey?) throws(KVError) -> Jobs.Draft {
        guard let kind, let store, let namespace else {
            throw KVError(.invalidRequest, "A job needs \"kind\", \"store\" and \"namespace\".")
        }
        guard let selection else { throw KVError(.invalidRequest, "The job needs a \"selection\" of keys.") }
        try refuseStrayFields(of: kind)
        var draft = Jobs.Draft(
            store: store, namespace: NamespaceID(namespace), work: try work(kind, selection),
            readsExactly: exact ?? false, keepsPreImages: undoable, createdBy: createdBy,
            idempotencyKey: idempotencyKey)
        draft.usesList = usesList
        return draft
    }

    /// Throws `invalid_request` for fields that the kind has no use for: whoever sent them meant something.
    private func refuseStrayFields(of kind: JobKind) throws(KVError) {
        let given = [
            "target": target != nil, "collision": collision != nil, "format": format != nil, "gzip": gzip != nil,
            "neutralizeFormulas": neutralizeFormulas != nil, "exact": exact != nil, "undoable": undoable != nil,
            "oldPrefix": oldPrefix != nil, "newPrefix": newPrefix != nil, "expiration": life.expiration != nil,
            "ttl": life.ttl != nil,
            "never": life.never != nil, "add": tags["add"] != nil, "remove": tags["remove"] != nil,
            "replace": tags["replace"] != nil, "color": color != nil,
        ]
        let fitting: Set<String> =
            switch kind {
            case .delete: ["undoable"]
            case .copy, .move: ["target", "collision", "exact", "undoable"]
            case .rename: ["oldPrefix", "newPrefix", "collision", "exact", "undoable"]
            case .expire: ["expiration", "ttl", "never", "exact", "undoable"]
            case .tag: ["add", "remove", "replace", "color"]
            case .export: ["format", "gzip", "neutralizeFormulas", "exact"]
            case .importing:
                throw KVError(.invalidRequest, "An import begins with its file: POST …/namespaces/{id}/import.")
            case .undo: throw KVError(.invalidRequest, "A job is undone by POST /api/jobs/{id}/undo.")
            }
        if let stray = given.first(where: { $0.value && !fitting.contains($0.key) }) {
            throw KVError(.invalidRequest, "A job of kind \(kind.rawValue) has no field \"\(stray.key)\".")
        }
    }

    private func work(_ kind: JobKind, _ selection: JobSelection) throws(KVError) -> JobWork {
        let collision = collision ?? .overwrite
        switch kind {
        case .copy, .move:
            guard let target else { throw KVError(.invalidRequest, "A \(kind.rawValue) needs a \"target\".") }
            return kind == .copy
                ? .copy(selection, target: target, collision: collision)
                : .move(selection, target: target, collision: collision)
        case .rename:
            let (from, to) = try renamed(selection)
            return .rename(selection, from: from, to: to, collision: collision)
        case .tag: return .tag(selection, try tagChange())
        case .expire: return .expire(selection, at: try life.end(now: now))
        case .export:
            let form = ExportForm(
                format: format ?? .ndjson, isGzipped: gzip ?? false, neutralisesFormulas: neutralizeFormulas ?? false)
            guard form.format == .csv || !form.neutralisesFormulas else {
                throw KVError(.invalidRequest, "\"neutralizeFormulas\" is for CSV, which spreadsheets open.")
            }
            return .export(selection, form)
        case .delete, .importing, .undo: return .delete(selection)
        }
    }

    /// The prefix that the keys have, and the one that they get.
    private func renamed(_ selection: JobSelection) throws(KVError) -> (from: String, to: String) {
        var from = oldPrefix
        if case .prefix(let prefix) = selection { from = from ?? prefix }
        guard let from, !from.isEmpty, let newPrefix, Array(newPrefix.utf8) != Array(from.utf8) else {
            throw KVError(
                .invalidRequest,
                "A rename needs the prefix that the keys have (as the \"selection\", or as \"oldPrefix\"), and another "
                    + "\"newPrefix\" to take its place.")
        }
        return (from, newPrefix)
    }

    private func tagChange() throws(KVError) -> TagChange {
        let add = try Tags.checked(tags["add"] ?? [])
        let remove = try Tags.checked(tags["remove"] ?? [])
        switch (tags["replace"], add.isEmpty && remove.isEmpty, color) {
        case (let new?, true, nil): return .replace(try Tags.checked(new))
        case (nil, false, nil): return .edit(add: add, remove: remove)
        case (nil, true, let color?): return .color(color)
        default:
            throw KVError(
                .invalidRequest,
                "To tag keys give lists of tags, \"add\" and \"remove\", or \"replace\"; or give a \"color\".")
        }
    }
}

/// How long entries are to live: one of three ways to say it.
private struct Life {
    var expiration: Int64?
    var ttl: Int64?
    var never: Bool?

    /// Seconds since 1970; nil: for ever.
    func end(now: Int64) throws(KVError) -> Int64? {
        switch (expiration, ttl, never) {
        case (let seconds?, nil, nil): return try Expiration(at: seconds, now: now).seconds
        case (nil, let ttl?, nil): return try Expiration(ttl: ttl, now: now).seconds
        case (nil, nil, true): return nil
        default:
            throw KVError(
                .invalidRequest, "To expire keys give one of \"expiration\", \"ttl\" and \"never\": true.")
        }
    }
}
