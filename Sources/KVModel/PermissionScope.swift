/// The resources that a permission is needed for.
package enum PermissionScope: Hashable, Sendable, CustomStringConvertible {
    case everything
    case store(String)
    case namespace(NamespaceID, store: String)

    package var description: String {
        switch self {
        case .everything: ""
        case .store(let name): " in the store \(quoting: name)"
        case .namespace(let id, let store): " in the namespace \(quoting: id.text) of the store \(quoting: store)"
        }
    }
}
