/// The kinds of engine that a store can be connected to.
package enum EngineKind: String, CaseIterable, Codable, Sendable {
    case sqlite, cloudflare
}

/// What an engine can do, and in which portions it is best asked.
package struct EngineTraits: Hashable, Sendable {
    /// What a single entry may be.
    package struct Limits: Hashable, Sendable {
        package var keyBytes: Int
        package var valueBytes: Int
        package var metadataBytes: Int
        /// Seconds.
        package var minimumTTL: Int64

        package init(keyBytes: Int, valueBytes: Int, metadataBytes: Int, minimumTTL: Int64) {
            self.keyBytes = keyBytes
            self.valueBytes = valueBytes
            self.metadataBytes = metadataBytes
            self.minimumTTL = minimumTTL
        }
    }

    /// The most that one request takes, in keys, and in bytes of keys, values and metadata together.
    package struct BatchSizes: Hashable, Sendable {
        package var read: Int
        package var write: Int
        package var delete: Int
        package var bytes: Int
        /// Bytes of values that one deletion may free without holding up others; nil where that does not matter.
        package var deletedBytes: Int?

        package init(read: Int, write: Int, delete: Int, bytes: Int, deletedBytes: Int? = nil) {
            self.read = read
            self.write = write
            self.delete = delete
            self.bytes = bytes
            self.deletedBytes = deletedBytes
        }
    }

    /// How many keys one request carries, where requests cost a quota.
    package struct RequestSizes: Hashable, Sendable {
        package var list: Int
        package var read: Int
        package var write: Int
        package var delete: Int

        package init(list: Int, read: Int, write: Int, delete: Int) {
            self.list = list
            self.read = read
            self.write = write
            self.delete = delete
        }
    }

    package var kind: EngineKind
    /// Whether it is reached over a network, by requests that cost a quota.
    package var isRemote: Bool
    /// Whether single namespaces can be made read-only.
    package var protectsNamespaces: Bool
    /// Whether the answers to batches say which keys were there before.
    package var tellsWhatWasThere: Bool
    package var limits: Limits
    package var batches: BatchSizes
    /// Nil where a batch is one request.
    package var requests: RequestSizes?

    package init(
        kind: EngineKind, isRemote: Bool, protectsNamespaces: Bool, tellsWhatWasThere: Bool, limits: Limits,
        batches: BatchSizes, requests: RequestSizes? = nil
    ) {
        self.kind = kind
        self.isRemote = isRemote
        self.protectsNamespaces = protectsNamespaces
        self.tellsWhatWasThere = tellsWhatWasThere
        self.limits = limits
        self.batches = batches
        self.requests = requests
    }
}
