import KVModel
import Synchronization

/// The titles of namespaces, from the answers of engines.
final class NamespaceTitles: Sendable {
    private static let maximumCount = 4_096

    private let titles = Mutex<[NamespaceLocation: String]>([:])

    subscript(location: NamespaceLocation) -> String? {
        get { titles.withLock { $0[location] } }
    }

    func learn(_ namespaces: [Namespace], in store: String) {
        titles.withLock { titles in
            if titles.count + namespaces.count > Self.maximumCount { titles = [:] }
            for namespace in namespaces {
                titles[NamespaceLocation(store: store, id: namespace.id)] = namespace.title
            }
        }
    }

    func forget(_ location: NamespaceLocation) {
        titles.withLock { $0[location] = nil }
    }
}
