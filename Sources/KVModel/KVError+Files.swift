#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension KVError {
    /// The meaning of an error number of the system.
    ///
    /// - Parameters:
    ///   - attempt: Follows "could not", such as "write a file of the job".
    ///   - code: The code unless the disk is full. The reason of an `internal_error` is in the server log alone.
    package init(systemError number: Int32, _ attempt: String, code: Code = .internalError) {
        let cause = String(cString: strerror(number))
        if number == ENOSPC || number == EDQUOT {
            self.init(.diskFull, "The disk is full: could not \(attempt). Free some space and try again.", cause: cause)
        } else if code == .internalError {
            self.init(code, "Could not \(attempt). See the server log for the reason.", cause: cause)
        } else {
            self.init(code, "Could not \(attempt): \(cause).", cause: cause)
        }
    }
}
