/// The second namespace that a job works on.
package struct JobTarget: Hashable, Codable, Sendable {
    package var store: String
    package var namespace: String

    package init(store: String, namespace: String) {
        self.store = store
        self.namespace = namespace
    }
}
