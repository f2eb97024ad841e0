#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// An error that the system reported.
package struct SystemFailure: Error, Hashable {
    /// The system's error number.
    package let number: Int32

    package init(number: Int32) {
        self.number = number
    }
}

/// Writes all bytes to an open file, at its position. Blocks.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemFailure) {
    do {
        try FileDescriptor(rawValue: descriptor).writeAll(bytes)
    } catch {
        throw SystemFailure(number: (error as? Errno)?.rawValue ?? Errno.ioError.rawValue)
    }
}
