package import KVModel

/// A key that a job could not do, or a line that an import could not read.
package struct JobFailure: Hashable, Sendable {
    package var key: String?
    package var line: Int?
    package var error: KVError
    package var attempts: Int

    package init(key: String?, line: Int? = nil, error: KVError, attempts: Int = 1) {
        self.key = key
        self.line = line
        self.error = error
        self.attempts = attempts
    }
}
