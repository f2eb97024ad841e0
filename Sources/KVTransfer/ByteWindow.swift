import KVModel

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The part of a file's text that is held: from the first byte that has not been consumed on, as far as was read.
///
/// Consumed bytes stay where they are until `more` is called; so does everything that was handed out.
struct ByteWindow: ~Copyable, @unchecked Sendable {
    // Not Sendable by itself: a pointer to memory that this value alone owns.
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0
    private var source: FileSource
    private let chunkBytes: Int
    let maximumRecordBytes: Int
    /// Bytes of the text before the first one in the storage.
    private var passed = 0
    /// The line in which the first unread byte stands.
    private(set) var line = 1
    /// What ends a line: LF, also after CR, or CR alone.
    private(set) var lineEnd = UInt8(ascii: "\n")
    /// White space between the last line end and the first unread byte; 0 if other text comes before it in its line. Counted
    /// by `skipWhitespace`.
    private(set) var indentation = 0
    /// Where the line begins that `skipLine` went to.
    private var lineStart = 0

    init(_ source: consuming FileSource, chunkBytes: Int, maximumRecordBytes: Int) {
        self.source = source
        self.chunkBytes = chunkBytes
        self.maximumRecordBytes = maximumRecordBytes
        capacity = 2 * chunkBytes
        storage = .allocate(capacity: capacity)
    }

    deinit { storage.deallocate() }

    var isGzipped: Bool { source.isGzipped }
    /// Whether reading can go on at any byte of the text. Known once something has been read.
    var isSeekable: Bool { source.isSeekable }
    /// Bytes of the text before the first unread one.
    var offset: Int { passed + start }
    var unread: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: storage + start, count: end - start) }
    /// Whether more is held than one record may have.
    var isOverfull: Bool { end - start > maximumRecordBytes }

    /// Reads on; false at the end of the text.
    mutating func more() throws(KVError) -> Bool {
        makeRoom()
        let count = try source.read(into: UnsafeMutableRawBufferPointer(start: storage + end, count: chunkBytes))
        end += count
        return count > 0
    }

    /// Takes bytes off the front, none of which ends a line unless `lines` says how many do.
    @discardableResult
    mutating func consume(_ count: Int, lines: Int = 0) -> UnsafeBufferPointer<UInt8> {
        let text = UnsafeBufferPointer<UInt8>(start: storage + start, count: count)
        start += count
        line += lines
        return text
    }

    /// The same, counting the lines.
    @discardableResult
    mutating func consumeCounting(_ count: Int) -> UnsafeBufferPointer<UInt8> {
        let text = consume(count)
        var index = 0
        while let end = text.firstIndex(of: lineEnd, from: index) {
            line += 1
            index = end + 1
        }
        return text
    }

    /// Takes white space off the front; the byte behind it stays unread. Nil at the end of the text.
    mutating func skipWhitespace() throws(KVError) -> UInt8? {
        var isAfterLineEnd = offset == lineStart
        indentation = 0
        repeat {
            while start < end {
                let byte = storage[start]
                guard byte.isJSONWhitespace else { return byte }
                let endsLine = byte == lineEnd
                consume(1, lines: endsLine ? 1 : 0)
                isAfterLineEnd = isAfterLineEnd || endsLine
                indentation = endsLine || !isAfterLineEnd ? 0 : indentation + 1
            }
        } while try more()
        return nil
    }

    /// Takes the rest of the line off the front, and its end.
    mutating func skipLine() throws(KVError) {
        while true {
            if let end = unread.firstIndex(of: lineEnd, from: 0) {
                consume(end + 1, lines: 1)
                lineStart = offset
                return
            }
            consume(unread.count)
            guard try more() else { return }
        }
    }

    /// Returns where the unread text has a line end, from `start` on, or ends itself; nil if it does neither within `limit`
    /// bytes.
    mutating func endOfLine(from start: Int = 0, within limit: Int) throws(KVError) -> Int? {
        var searched = start
        while true {
            if let end = unread.firstIndex(of: lineEnd, from: searched) { return end }
            searched = unread.count
            guard searched - start < limit else { return nil }
            guard try more() else { return searched }
        }
    }

    /// Returns where the first byte stands, from `index` of the unread text on, that is not white space; nil if there is
    /// none, or none before more is held than one record may have.
    mutating func nextNonBlank(from index: Int) throws(KVError) -> Int? {
        var index = index
        repeat {
            while index < unread.count {
                guard unread[index].isJSONWhitespace else { return index }
                index += 1
            }
            guard !isOverfull else { return nil }
        } while try more()
        return nil
    }

    /// Decides by the first line of the text whether CR alone ends lines, looking no further than `limit` bytes.
    mutating func detectLineEnd(within limit: Int) throws(KVError) {
        var searched = 0
        while true {
            if let found = unread[searched...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
                guard unread[found] == 0x0D else { return }
                if found + 1 < unread.count {
                    if unread[found + 1] != 0x0A { lineEnd = 0x0D }
                    return
                }
                searched = found
            } else {
                searched = unread.count
                guard searched < limit else { return }
            }
            guard try more() else { return }
        }
    }

    /// Goes on at a place of a plain file.
    mutating func seek(to offset: Int, line: Int) throws(KVError) {
        try source.seek(to: offset)
        start = 0
        end = 0
        passed = offset
        self.line = line
    }

    /// Makes room for one chunk behind what is held: by moving it to the front, or to storage of the right size.
    private mutating func makeRoom() {
        guard capacity - end < chunkBytes || capacity > 2 * chunkBytes else { return }
        let held = end - start
        let fitting = fittingCapacity(for: held)
        if fitting == capacity {
            guard capacity - end < chunkBytes else { return }
            memmove(storage, storage + start, held)
        } else {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: fitting)
            memcpy(larger, storage + start, held)
            storage.deallocate()
            storage = larger
            capacity = fitting
        }
        passed += start
        start = 0
        end = held
    }

    private func fittingCapacity(for held: Int) -> Int {
        let needed = held + chunkBytes
        if needed <= 2 * chunkBytes { return 2 * chunkBytes }
        if needed <= capacity { return capacity }
        return max(needed, min(2 * capacity, maximumRecordBytes + 2 * chunkBytes))
    }
}

extension UnsafeBufferPointer<UInt8> {
    func firstIndex(of byte: UInt8, from index: Int) -> Int? {
        guard let base = UnsafeRawPointer(baseAddress), index < count,
            let found = memchr(base + index, Int32(byte), count - index)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
