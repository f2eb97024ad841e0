package import KVModel

/// A namespace by the name of its store and its ID.
package struct NamespaceLocation: Hashable, Sendable {
    package let store: String
    package let id: NamespaceID

    package init(store: String, id: NamespaceID) {
        self.store = store
        self.id = id
    }
}
