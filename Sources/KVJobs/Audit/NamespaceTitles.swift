import KVModel
import Synchronization

/// What namespaces are called, as far as answers have told.
final class NamespaceTitles: Sendable {
    private static let most = 4_096

    private let titles = Mutex<[NamespaceID: String]>([:])

    subscript(id: NamespaceID) -> String? { titles.withLock { $0[id] } }

    func learn(_ namespaces: [Namespace]) {
        titles.withLock { titles in
            if titles.count + namespaces.count > Self.most { titles = [:] }
            for namespace in namespaces { titles[namespace.id] = namespace.title }
        }
    }

    func forget(_ id: NamespaceID) {
        titles.withLock { $0[id] = nil }
    }
}
