/// Abilities that engines differ in. Callers ask for these, never for the engine.
package struct EngineCapabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Requests count against a quota of the service, so callers avoid those that are not necessary.
    package static let costsQuota = Self(rawValue: 1 << 0)
    /// A batch is applied in one transaction: an interceptor sees exactly the entries that the batch replaces, at no further
    /// cost. Without it, an interceptor sees what was read just before.
    package static let transactionalWrites = Self(rawValue: 1 << 1)
    /// A write checks its condition in the same transaction. Without it, the condition is checked just before the write:
    /// of two callers that write at the same time, both may succeed.
    package static let conditionalWrites = Self(rawValue: 1 << 2)
    /// The outcomes of writes and deletes report which keys existed.
    package static let reportsPriorExistence = Self(rawValue: 1 << 3)
    /// Keys under a prefix are counted without listing them.
    package static let cheapCount = Self(rawValue: 1 << 4)
    /// Single namespaces can be made read-only.
    package static let protectsNamespaces = Self(rawValue: 1 << 5)
    /// Entries can have metadata.
    package static let metadata = Self(rawValue: 1 << 6)
    /// Entries can expire.
    package static let ttl = Self(rawValue: 1 << 7)
    /// Reading a batch returns every byte of each value. Without it, values that are not text take a request each.
    package static let exactBatchReads = Self(rawValue: 1 << 8)
    /// Single values pass through in pieces. Without it, a value is held in memory as a whole while it is written.
    package static let streamsValues = Self(rawValue: 1 << 9)
}
