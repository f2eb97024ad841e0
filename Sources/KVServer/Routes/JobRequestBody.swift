import Hummingbird
import KVHTTP
import KVJobs
import KVLedger
import KVModel
import KVWorkspace

/// The body of a request to start a job, read from a file: it may name millions of keys. All other members are small, and
/// those that are not of every job are read by the kind of the job.
struct JobRequestBody {
    /// The maximum size without the keys named in it.
    private static let maximumBytes = 64 << 10

    private var kind: (any JobKind.Type)?
    private var store: String?
    private var namespace: String?
    private var selection: JobSelection?
    private var exact: Bool?
    private var undoable: Bool?
    private var plan: Bool?
    private var members: [JobRequest.Member] = []
    private let file: MappedFile
    private let keyLists: KeyLists
    private let kinds: JobKinds
    /// The list into which the keys of the body were read.
    private var named: Int64?
    /// The part of the body that names keys, in bytes.
    private var keyBytes = 0
    private var usesList = false

    /// Receives the body on the disk and reads it there, on one of the threads for lists of keys.
    ///
    /// - Parameter now: The time that TTLs count from.
    static func draft(
        from request: Request, keyLists: KeyLists, _ resources: WorkspaceResources, now: Timestamp,
        idempotencyKey: String?
    ) async throws -> (draft: Jobs.Draft, isPlan: Bool) {
        // Jobs that delete something can be created on a nearly full disk too.
        let file = try await MappedFile.receive(
            request, limit: .max, files: resources.files, usesReserve: true)
        return try await keyLists.run {
            try file.read { bytes in
                var body = JobRequestBody(file, keyLists: keyLists, kinds: resources.jobKinds)
                do {
                    try body.read(bytes)
                    let key = idempotencyKey.map {
                        IdempotencyKey($0, of: "POST /api/jobs", body: UnsafeRawBufferPointer(bytes))
                    }
                    var draft = try body.draft(of: bytes, now: now)
                    draft.idempotencyKey = key
                    return (draft, body.plan ?? false)
                } catch {
                    if let named = body.named { keyLists.drop(named) }
                    throw error
                }
            }
        }
    }

    private init(_ file: MappedFile, keyLists: KeyLists, kinds: JobKinds) {
        self.file = file
        self.keyLists = keyLists
        self.kinds = kinds
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        try JSONObject.read(bytes) { name, scanner in
            try checkSize(upTo: scanner.position)
            switch name {
            case "kind": kind = try readKind(&scanner)
            case "store": store = try scanner.text(atMost: TextLimit.name)
            case "namespace": namespace = try scanner.text(atMost: TextLimit.name)
            case "selection": selection = try readSelection(&scanner)
            case "exact": exact = try scanner.boolean()
            case "undoable": undoable = try scanner.boolean()
            case "plan": plan = try scanner.boolean()
            default: members.append((name, try passOver(&scanner)))
            }
            return true
        }
        try checkSize(upTo: bytes.count)
    }

    private func checkSize(upTo position: Int) throws(KVError) {
        guard position - keyBytes <= Self.maximumBytes else { throw Self.tooLarge }
    }

    private static let tooLarge = KVError(
        .bodyTooLarge, "The body has more than the \(maximumBytes) bytes that a job may have besides its keys.")

    /// Returns where the value begins, for the kind to read it. Looks no further than the value may reach.
    private func passOver(_ scanner: inout JSONScanner) throws -> Int {
        let end = min(scanner.bytes.count, keyBytes + Self.maximumBytes)
        var bounded = JSONScanner(
            UnsafeBufferPointer(rebasing: scanner.bytes[..<end]), from: min(scanner.position, end))
        let isCut = end < scanner.bytes.count
        do {
            _ = try bounded.skipValue()
        } catch {
            // An escape may be cut off before the end.
            if isCut, error.offset + 12 >= end { throw Self.tooLarge }
            throw error
        }
        guard !isCut || bounded.position < end else { throw Self.tooLarge }
        return try scanner.skipValue().lowerBound
    }

    private func readKind(_ scanner: inout JSONScanner) throws -> any JobKind.Type {
        let name = try scanner.text(atMost: TextLimit.name)
        guard let kind = kinds.kind(named: name) else {
            throw scanner.failure("expected one of \(kinds.names.joined(separator: ", "))")
        }
        return kind
    }

    // MARK: Selection

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
                .invalidRequest, "An empty prefix selects every key; use {\"all\": true} to select all keys.")
        }
        return .prefix(text)
    }

    private mutating func readList(_ scanner: inout JSONScanner) throws -> Int64 {
        let text = try scanner.text(atMost: TextLimit.name)
        guard let number = Int64(text) else {
            throw KVError(.invalidRequest, "\"list\" is what /api/key-lists has answered; \(quoting: text) is not.")
        }
        try keyLists.require(number)
        usesList = true
        return number
    }

    private mutating func readKeys(_ scanner: inout JSONScanner) throws -> Int64 {
        let start = scanner.position
        let selection = try keyLists.create { list in
            var passage = MappedFile.Passage(file)
            try scanner.array { scanner in
                try list.add(scanner.key())
                passage.passed(scanner.position)
            }
            guard !list.isEmpty else { throw KVError(.invalidRequest, "The selection names no key.") }
        }.number
        named = selection
        keyBytes = scanner.position - start
        return selection
    }

    // MARK: Draft

    private func draft(of bytes: UnsafeBufferPointer<UInt8>, now: Timestamp) throws -> Jobs.Draft {
        guard let kind, let store, let namespace else {
            throw KVError(.invalidRequest, "A job needs \"kind\", \"store\" and \"namespace\".")
        }
        guard let selection else { throw KVError(.invalidRequest, "The job needs a \"selection\" of keys.") }
        let request = JobRequest(kind: kind.name, selection: selection, members: members, in: bytes, now: now)
        let work: any JobKind = try kind.read(request)
        try check("exact", exact, .exact, of: kind)
        try check("undoable", undoable, .undoable, of: kind)
        var draft = Jobs.Draft(
            store: store, namespace: NamespaceID(namespace), work: work, readsExactly: exact ?? false,
            keepsPreImages: undoable, idempotencyKey: nil)
        draft.usesList = usesList
        return draft
    }

    private func check(
        _ name: String, _ value: Bool?, _ option: JobOptions, of kind: any JobKind.Type
    ) throws(KVError) {
        guard value == nil || kind.options.contains(option) else {
            throw JobRequest.unknownMember(name, of: kind.name)
        }
    }
}
