extension API {
    /// How far a job is. `processed` is always the sum of `succeeded`, `failed` and `skipped`.
    package struct JobProgress: Codable, Sendable {
        /// Grows with every change.
        package var sequence: Int
        /// Null while the number of keys is not known.
        @Nullable package var total: Int?
        package var processed: Int
        package var succeeded: Int
        package var failed: Int
        package var skipped: Int
        /// The skipped keys that were named and do not exist.
        package var missing: Int
        /// The bytes of the values that were moved.
        package var bytes: Int
        @Nullable package var currentKey: String?
        /// Rounded down; 100 only at the end.
        @Nullable package var percentage: Int?
        /// Keys a second over the last few seconds, to a tenth.
        @Nullable package var ratePerSecond: Double?
        @Nullable package var etaSeconds: Int?
        /// The number of requests sent to engines.
        package var requests: Int
        /// While the quota of a store makes the job wait.
        @Nullable package var throttledUntil: Time?
        /// While the file of an import is verified, before its first entry is written.
        @Nullable package var checking: FileCheck?
        /// A sentence on what the job waits for.
        @Nullable package var notice: String?

        package init(
            sequence: Int, processed: Int, succeeded: Int, failed: Int, skipped: Int, missing: Int, bytes: Int,
            requests: Int
        ) {
            self.sequence = sequence
            self.processed = processed
            self.succeeded = succeeded
            self.failed = failed
            self.skipped = skipped
            self.missing = missing
            self.bytes = bytes
            self.requests = requests
        }
    }

    /// How much of a file has been verified.
    package struct FileCheck: Codable, Sendable {
        package var bytes: Int
        package var totalBytes: Int

        package init(bytes: Int, totalBytes: Int) {
            self.bytes = bytes
            self.totalBytes = totalBytes
        }
    }
}
