/// Which keys of the namespace.
package enum JobSelection: Hashable, Codable, Sendable {
    /// Named one by one, kept in the ledger under this number.
    case keys(selection: Int64)
    case prefix(String)
    case all

    var prefixBytes: [UInt8] {
        if case .prefix(let prefix) = self { Array(prefix.utf8) } else { [] }
    }

    var isNamed: Bool { keyList != nil }

    /// The number of the list of keys that are named one by one.
    var keyList: Int64? {
        if case .keys(let number) = self { number } else { nil }
    }
}
