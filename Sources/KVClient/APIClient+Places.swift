import KVModel

/// A namespace as commands name it.
package struct Place: Hashable, Sendable {
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

    package func entry(_ key: String) -> String { "\(path)/entries/\(PercentCoding.encode(key))" }
    package func value(_ key: String) -> String { "\(path)/values/\(PercentCoding.encode(key))" }
}

extension APIClient {
    /// Of a store's namespaces.
    package static func namespaces(of store: String) -> String {
        "/api/stores/\(PercentCoding.encode(store))/namespaces"
    }

    /// The namespace with this title, or with this id. Throws `namespace_not_found`.
    package func place(_ name: String, in store: String) async throws -> Place {
        var found: Place?
        try await each(of: "namespaces", at: Self.namespaces(of: store), Query(["query": name])) { item in
            guard let id = item["id"]?.text, let title = item["title"]?.text else { return }
            // A title that is another one's id: the title is what people see.
            if title.utf8.elementsEqual(name.utf8) || (id == name && found == nil) {
                found = Place(store: store, id: id, title: title)
            }
        }
        guard let found else {
            throw ClientError(
                .refused(404), code: "namespace_not_found",
                "The store \"\(store)\" has no namespace with the title or the id \"\(name)\".")
        }
        return found
    }
}
