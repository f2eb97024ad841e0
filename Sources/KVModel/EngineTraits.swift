/// The capabilities and limits of an engine, and the sizes of batches that suit it.
package struct EngineTraits: Hashable, Sendable {
    /// The limits of a single entry.
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

    /// The maximum sizes of one batch: in keys, and in bytes of keys, values and metadata together.
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

    /// The number of keys in one request, where requests cost a quota.
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

    package var capabilities: EngineCapabilities
    package var limits: Limits
    package var batches: BatchSizes
    /// Nil where a batch is one request.
    package var requests: RequestSizes?

    package init(
        capabilities: EngineCapabilities, limits: Limits, batches: BatchSizes, requests: RequestSizes? = nil
    ) {
        self.capabilities = capabilities
        self.limits = limits
        self.batches = batches
        self.requests = requests
    }
}
