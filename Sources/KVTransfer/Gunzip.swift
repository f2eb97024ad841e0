import CZlib
import KVModel

/// Expands gzip (RFC 1952), one member after another, in constant memory.
///
/// What was expanded before a fault is handed out before the fault is thrown.
struct Gunzip: ~Copyable, @unchecked Sendable {
    // Not Sendable by themselves: pointers to memory that this value alone owns. zlib wants its stream to stay in place.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var room: Int
    private var isWithinMember = false
    private var membersRead = 0
    /// After the last member: zeros, as tapes and block devices leave them.
    private var isWithinPadding = false
    /// Bytes of the file that have been read.
    private(set) var bytesRead = 0
    private var fault: KVError?
    private let maximumBytes: Int

    init(chunkBytes: Int, maximumBytes: Int) throws(KVError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: chunkBytes, alignment: 16)
        self.maximumBytes = maximumBytes
        room = maximumBytes
        let status = inflateInit2_(
            stream, Self.gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw KVError(.internalError, "The file could not be expanded.", cause: "zlib \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// The largest window, and gzip's header rather than zlib's.
    static let gzipOnly: Int32 = 15 + 16

    /// Returns how many bytes were expanded: 0 where a piece of the file expands to nothing, nil at the end.
    mutating func read(
        from file: borrowing OpenFile, into output: UnsafeMutableRawBufferPointer
    ) throws(KVError) -> Int? {
        if let fault { throw fault }
        let expanded: Int?
        do {
            expanded = try expand(from: file, into: output)
        } catch {
            fault = error
            throw error
        }
        guard let count = expanded else { return nil }
        guard count > room else {
            room -= count
            return count
        }
        let error = KVError(
            .expandsTooFar, "The file expands to more than \(maximumBytes) bytes, the most that is accepted.")
        fault = error
        guard room > 0 else { throw error }
        return room
    }

    /// As much as one round of zlib gives, at most one byte more than there may be, of at most one chunk of the file;
    /// nil at the end of the file.
    private mutating func expand(
        from file: borrowing OpenFile, into output: UnsafeMutableRawBufferPointer
    ) throws(KVError) -> Int? {
        let limit = min(output.count, room < output.count ? room + 1 : output.count, 1 << 30)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = UInt32(limit)
        if stream.pointee.avail_in == 0 {
            let count = try file.read(into: input)
            if count == 0 {
                guard !isWithinMember else { throw KVError(.truncatedFile, "The gzip file ends too early.") }
                return nil
            }
            stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_in = UInt32(count)
            bytesRead += count
        }
        while stream.pointee.avail_in > 0 {
            guard try !skipPadding() else { return 0 }
            isWithinMember = true
            let status = inflate(stream, Z_NO_FLUSH)
            let count = limit - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END:
                membersRead += 1
                isWithinMember = false
                inflateReset(stream)
            default:
                let error = damage(status)
                guard count > 0 else { throw error }
                fault = error
                return count
            }
            if count > 0 { return count }
        }
        return 0
    }

    /// Passes over zeros after a member. Returns whether there were any; they are followed by nothing else.
    private mutating func skipPadding() throws(KVError) -> Bool {
        guard !isWithinMember, membersRead > 0, let next = stream.pointee.next_in else { return false }
        let unread = UnsafeBufferPointer(start: next, count: Int(stream.pointee.avail_in))
        guard isWithinPadding || unread.first == 0 else { return false }
        isWithinPadding = true
        guard unread.allSatisfy({ $0 == 0 }) else { throw Self.trailingBytes }
        stream.pointee.avail_in = 0
        return true
    }

    private static let trailingBytes = KVError(
        .truncatedFile, "Something that is not gzip follows the gzip file's end.")

    private func damage(_ status: Int32) -> KVError {
        if status == Z_MEM_ERROR {
            return KVError(.internalError, "The file could not be expanded.", cause: "no memory")
        }
        let isBehindMember = membersRead > 0 && stream.pointee.total_out == 0
        return isBehindMember ? Self.trailingBytes : KVError(.truncatedFile, "The gzip file is damaged.")
    }
}
