package import KVModel

extension CloudflareEngine {
    private static let namespacesAtOnce = 1_000

    /// An account has a thousand at most, unless told otherwise: one request, as a rule.
    package func allNamespaces() async throws -> [Namespace] {
        var all: [Namespace] = []
        var page = 1
        while true {
            let answer = try await api.send(.namespaces(page: page, perPage: Self.namespacesAtOnce))
            let before = all.count
            try answer.read { scanner in
                try scanner.array { scanner in all.append(try Namespace(&scanner)) }
            }
            guard all.count - before >= Self.namespacesAtOnce else { return all }
            page += 1
        }
    }

    package func namespace(_ id: NamespaceID) async throws -> Namespace {
        try Self.namespace(in: try await api.send(.namespace(id)))
    }

    package func createNamespace(titled title: String) async throws -> Namespace {
        let title = try Namespace.checkedTitle(title)
        let call = Call.create(title: title)
        switch try await api.outcome(of: call) {
        case .received(let answer): return try Self.namespace(in: answer)
        case .refused(.titleTaken, _, let attempts) where attempts > 1:
            throw KVError(
                .namespaceExists,
                "A namespace titled \(quoting: title) exists. An answer was lost, so this request may have created it: "
                    + "check whether it is empty.")
        case .refused(.titleTaken, _, _): throw KVError.titleTaken(title)
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    package func updateNamespace(_ id: NamespaceID, _ change: NamespaceChange) async throws -> Namespace {
        guard change.isProtected != true else {
            throw KVError(
                .notSupported,
                "Cloudflare has no protection of single namespaces; \"protected\": true in the configuration protects the "
                    + "whole store.")
        }
        guard let title = try change.title.map(Namespace.checkedTitle) else { return try await namespace(id) }
        let call = Call.rename(id, title: title)
        switch try await api.outcome(of: call) {
        case .received: break
        case .refused(.titleTaken, _, _):
            // Its own title, given once more, or by an earlier attempt whose answer was lost.
            let present = try await namespace(id)
            guard present.title == title else { throw KVError.titleTaken(title) }
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
        return Namespace(id: id, title: title)
    }

    package func deleteNamespace(_ id: NamespaceID) async throws {
        let call = Call.delete(id)
        switch try await api.outcome(of: call) {
        case .received: return
        case .refused(.noNamespace, _, let attempts) where attempts > 1: return
        case .refused(let refusal, let answer, _): throw refusal.error(call, answer)
        }
    }

    private static func namespace(in answer: Answer) throws -> Namespace {
        var found: Namespace?
        try answer.read { scanner in found = try Namespace(&scanner) }
        guard let found else { throw KVError(.storeUnavailable, "The store's answer names no namespace.") }
        return found
    }
}

extension Namespace {
    fileprivate init(_ scanner: inout JSONScanner) throws {
        var id = ""
        var title = ""
        try scanner.object { name, scanner in
            switch name {
            case "id": id = try scanner.text()
            case "title": title = try scanner.text()
            default: try scanner.skipValue()
            }
        }
        guard !id.isEmpty else { throw scanner.failure("a namespace without an id") }
        self.init(id: NamespaceID(id), title: title)
    }
}
