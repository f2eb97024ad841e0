package import KVAPI
import KVModel
import NIOHTTP1

/// A namespace as commands name it.
package struct NamespaceAddress: Hashable, Sendable {
    package var store: String
    package var id: String
    package var title: String

    package init(store: String, id: String, title: String) {
        self.store = store
        self.id = id
        self.title = title
    }

    /// Of its resources, percent-encoded.
    package var path: String {
        "/api/stores/\(PercentCoding.encode(store))/namespaces/\(PercentCoding.encode(id))"
    }

    // Keys are in the query: proxies change or refuse some characters of paths.
    package func entry(_ key: String) -> String { "\(path)/entries" + QueryParameters(["key": key]).text }

    package func value(_ key: String, _ query: QueryParameters = QueryParameters()) -> String {
        var query = query
        query.add("key", key)
        return "\(path)/values" + query.text
    }

    /// The other address of a value, which tools of Workers KV have.
    package func valueInPath(_ key: String) -> String { "\(path)/values/\(PercentCoding.encode(key))" }
}

extension APIClient {
    /// Of a store's namespaces.
    package static func namespaces(of store: String) -> String {
        "/api/stores/\(PercentCoding.encode(store))/namespaces"
    }

    package func createNamespace(titled title: String, in store: String) async throws -> APIAnswer<API.Namespace> {
        let body = API.NamespaceCreation(title: title)
        return try await send(.POST, Self.namespaces(of: store), json: body, for: API.Namespace.self)
    }

    /// Returns the namespace with this ID, or else the one with this title.
    ///
    /// The ID takes precedence, and a name in the form of an ID is never a title: otherwise anyone who may create a namespace,
    /// here or in the store's own dashboard, could redirect a script that names another one, or a deleted one, by its ID.
    /// Throws `namespace_not_found`, and `ambiguous_name` with all meanings of the name.
    package func place(_ name: String, in store: String) async throws -> NamespaceAddress {
        var identified: NamespaceAddress?
        var titled: [NamespaceAddress] = []
        try await each(
            of: "namespaces", at: Self.namespaces(of: store), QueryParameters(["query": name]), as: API.Namespace.self
        ) { item in
            let place = NamespaceAddress(store: store, id: item.id, title: item.title)
            if item.id == name { identified = place }
            if item.title.utf8.elementsEqual(name.utf8) { titled.append(place) }
        }
        if let identified { return identified }
        guard let found = titled.first else {
            throw ClientError(
                .refused(404), code: "namespace_not_found",
                "The store \"\(store)\" has no namespace with the title or the ID \"\(name)\". "
                    + "kv-manager namespace list shows those that exist.")
        }
        guard titled.count == 1, !NamespaceID.isForm(of: name) else { throw Self.ambiguity(of: name, titled) }
        return found
    }

    private static func ambiguity(of name: String, _ titled: [NamespaceAddress]) -> ClientError {
        var meanings = titled.map { "the title of the namespace with the ID \($0.id)" }
        if NamespaceID.isForm(of: name) { meanings.insert("the ID of a namespace that does not exist", at: 0) }
        return ClientError(
            .refused(409), code: "ambiguous_name",
            "Ambiguous name \"\(name)\": it is \(meanings.joined(separator: ", and ")). Name the namespace by its ID.")
    }
}
