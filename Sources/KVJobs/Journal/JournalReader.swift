import Foundation
import KVModel

/// Reads a journal, forwards or backwards, frame by frame. Blocks.
final class JournalReader: Sendable {
    private let descriptor: Int32
    let bytes: Int

    /// Nil when there is no such file.
    init?(path: String) throws {
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw KVError(systemError: errno, "read a file of the job") }
            return nil
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            let number = errno
            close(descriptor)
            throw KVError(systemError: number, "read a file of the job")
        }
        bytes = Int(end)
    }

    deinit { close(descriptor) }

    /// The frame that begins there, and where the next one does; nil where no whole one does.
    func frame(at start: Int) throws -> (frame: JournalFrame, next: Int)? {
        guard let length = try number(at: start) else { return nil }
        let end = start + length + JournalFrame.frameBytes
        guard end <= bytes, let checksum = try number(at: start + 4), try number(at: end - 4) == length else {
            return nil
        }
        let content = try read(length, at: start + 8)
        guard Int(JournalFrame.checksum(content[...])) == checksum else { return nil }
        return (try JournalFrame(content: content[...]), end)
    }

    /// The frame that ends there, and where it begins; nil at the beginning of the journal.
    func frame(endingAt end: Int) throws -> (frame: JournalFrame, start: Int)? {
        guard end > 0 else { return nil }
        guard let length = try number(at: end - 4), length + JournalFrame.frameBytes <= end,
            let (frame, next) = try frame(at: end - length - JournalFrame.frameBytes), next == end
        else { throw JournalBytes.damaged }
        return (frame, end - length - JournalFrame.frameBytes)
    }

    private func number(at offset: Int) throws -> Int? {
        guard offset >= 0, offset <= bytes - 4 else { return nil }
        return try read(4, at: offset).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var filled = 0
        var number: Int32 = 0
        let read = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while filled < count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    number = got < 0 ? errno : EIO
                    break
                }
                filled += got
            }
            initialized = filled
        }
        guard filled == count else { throw KVError(systemError: number, "read a file of the job") }
        return read
    }
}
