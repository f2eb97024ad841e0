import KVFiles
import KVModel

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A file open for reading, until this value ends.
struct OpenFile: ~Copyable {
    private let descriptor: Int32

    static func open(_ path: String) throws(KVError) -> OpenFile {
        do {
            return OpenFile(descriptor: try TrustedFile.open(path, O_RDONLY))
        } catch {
            throw KVError(.internalError, "The file could not be opened.", cause: "\(error)")
        }
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    var beginsLikeGzip: Bool {
        var magic: (UInt8, UInt8) = (0, 0)
        return pread(descriptor, &magic, 2, 0) == 2 && magic == (0x1F, 0x8B)
    }

    /// Fills at least part of the room; 0 at the end.
    func read(into room: UnsafeMutableRawBufferPointer) throws(KVError) -> Int {
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, room.baseAddress, room.count)
            #else
                let count = Glibc.read(descriptor, room.baseAddress, room.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.failure("read") }
        }
    }

    /// Its length.
    func bytes() throws(KVError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("read") }
        return Int(status.st_size)
    }

    func seek(to offset: Int) throws(KVError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else { throw Self.failure("read") }
    }

    private static func failure(_ deed: String) -> KVError {
        KVError(.internalError, "The file could not be \(deed).", cause: String(cString: strerror(errno)))
    }
}
