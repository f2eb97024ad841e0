#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension KVError {
    /// The meaning of an error number of the system, whose own words go to the log.
    ///
    /// - Parameter attempt: Follows "could not", such as "write a file of the job".
    package init(fileError number: Int32, _ attempt: String) {
        let cause = String(cString: strerror(number))
        if number == ENOSPC || number == EDQUOT {
            self.init(.diskFull, "The disk is full: could not \(attempt). Free some space and try again.", cause: cause)
        } else {
            self.init(.internalError, "Could not \(attempt). See the server log for the reason.", cause: cause)
        }
    }
}
