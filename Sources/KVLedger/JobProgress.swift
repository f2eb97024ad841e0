package import KVModel

/// How far a job has come. `processed = succeeded + failed + skipped`, always.
package struct JobProgress: Hashable, Sendable {
    /// Grows with every change, so that watchers can ask for what they have not seen.
    package var sequence = 0
    /// Nil while it is not known how many keys there are.
    package var total: Int?
    package var succeeded = 0
    package var failed = 0
    package var skipped = 0
    /// The skipped keys that were named and do not exist.
    package var missing = 0
    /// Bytes of the values moved.
    package var bytes = 0
    package var currentKey: String?
    /// Requests sent to engines.
    package var requests = 0
    /// Keys a second over the last few seconds; nil until there is something to tell from.
    package var ratePerSecond: Double?
    /// Set while the store's quota makes the job wait.
    package var throttledUntil: Timestamp?
    /// Of an import whose file is being verified, before its first entry is written.
    package var checking: FileCheck?
    /// A sentence on what the job waits for, while it waits for something that a person may have to do.
    package var notice: String?

    package init() {}

    /// How much of a file has been verified, in bytes of the file.
    package struct FileCheck: Hashable, Sendable {
        package var bytes: Int
        package var totalBytes: Int

        package init(bytes: Int, totalBytes: Int) {
            self.bytes = bytes
            self.totalBytes = totalBytes
        }
    }

    package var processed: Int { succeeded + failed + skipped }

    /// Rounded down; 100 only at the end, nil while the total is unknown.
    package func percentage(in state: JobState) -> Int? {
        if state == .completed || state == .incomplete { return 100 }
        guard let total else { return nil }
        return total == 0 ? 0 : min(99, processed * 100 / total)
    }

    package func secondsLeft(in state: JobState) -> Int? {
        guard !state.isFinal, let total, let ratePerSecond, ratePerSecond > 0 else { return nil }
        return Int((Double(max(0, total - processed)) / ratePerSecond).rounded(.up))
    }
}
