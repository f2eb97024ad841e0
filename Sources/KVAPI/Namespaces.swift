package import KVModel

extension API {
    /// A page of `GET /api/stores/{store}/namespaces`.
    package struct NamespacePage: Codable, Sendable {
        package var namespaces: [Namespace]
        @Nullable package var cursor: String?

        package init(_ page: Page<KVModel.Namespace>) {
            namespaces = page.items.map { Namespace($0) }
            cursor = page.cursor?.text
        }
    }

    /// A namespace of a store.
    package struct Namespace: Codable, Sendable {
        package var id: String
        package var title: String
        /// The number of entries, where the engine keeps it.
        package var keyCount: Int?
        /// The bytes of all values together, where the engine keeps them.
        package var valueBytes: Int?
        package var createdAt: Time?
        /// When an entry last changed.
        package var changedAt: Time?
        /// Whether the namespace refuses every write.
        package var protected: Bool

        package init(_ namespace: KVModel.Namespace) {
            id = namespace.id.text
            title = namespace.title
            keyCount = namespace.keyCount
            valueBytes = namespace.valueBytes
            createdAt = namespace.createdAt.map { Time($0) }
            changedAt = namespace.changedAt.map { Time($0) }
            protected = namespace.isProtected
        }
    }

    /// The body of `POST /api/stores/{store}/namespaces`.
    package struct NamespaceCreation: Codable, Sendable {
        package var title: String

        package init(title: String) {
            self.title = title
        }
    }

    /// The body of `PATCH /api/stores/{store}/namespaces/{namespace}`: what it leaves out stays as it is.
    package struct NamespaceUpdate: Codable, Sendable {
        package var title: String?
        package var protected: Bool?

        package init(title: String? = nil, protected: Bool? = nil) {
            self.title = title
            self.protected = protected
        }
    }
}
