import KVModel

/// The text of a file in UTF-8, read forward in pieces: expanded if it is gzipped, and recoded if it is UTF-16.
struct FileSource: ~Copyable {
    private let file: OpenFile
    private var gunzip: Gunzip?
    let isGzipped: Bool
    /// The first bytes, which tell the encoding, until they are read.
    private var beginning: [UInt8] = []
    private var utf16: UTF16Text?
    /// Whether `seek` can go to a place of the text.
    private(set) var isSeekable: Bool

    private static let recodedBytes = 32 << 10

    /// Expanding to more than `maximumExpandedBytes` is an error; plain files are not limited by it.
    static func open(_ path: String, chunkBytes: Int, maximumExpandedBytes: Int) throws(KVError) -> FileSource {
        let file = try OpenFile.open(path)
        let gunzip =
            file.beginsLikeGzip ? try Gunzip(chunkBytes: chunkBytes, maximumBytes: maximumExpandedBytes) : nil
        return try FileSource(file: file, gunzip: gunzip)
    }

    private init(file: consuming OpenFile, gunzip: consuming Gunzip?) throws(KVError) {
        isGzipped = gunzip != nil
        isSeekable = gunzip == nil
        self.file = file
        self.gunzip = gunzip
        try readBeginning()
    }

    /// Fills at least part of the room; 0 at the end.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(KVError) -> Int {
        guard var text = utf16.take() else { return try readBytes(into: room) }
        defer { utf16 = text }
        while text.isEmpty {
            var bytes = [UInt8](repeating: 0, count: Self.recodedBytes)
            let count = try fill(&bytes)
            guard count > 0 else {
                try text.end()
                return 0
            }
            try text.append(bytes[..<count])
        }
        return text.take(into: room)
    }

    mutating func seek(to offset: Int) throws(KVError) {
        beginning = []
        try file.seek(to: offset)
    }

    private mutating func readBeginning() throws(KVError) {
        var start: [UInt8] = []
        while start.count < UTF16Text.tellingBytes {
            var bytes = [UInt8](repeating: 0, count: UTF16Text.tellingBytes - start.count)
            let count = try fill(&bytes)
            guard count > 0 else { break }
            start += bytes[..<count]
        }
        beginning = start
        utf16 = UTF16Text(beginning: start)
        if utf16 != nil { isSeekable = false }
    }

    private mutating func fill(_ bytes: inout [UInt8]) throws(KVError) -> Int {
        let result = bytes.withUnsafeMutableBytes { room in
            Result { () throws(KVError) in try readBytes(into: room) }
        }
        return try result.get()
    }

    private mutating func readBytes(into room: UnsafeMutableRawBufferPointer) throws(KVError) -> Int {
        guard beginning.isEmpty else {
            let count = min(room.count, beginning.count)
            room.copyBytes(from: beginning[..<count])
            beginning.removeFirst(count)
            return count
        }
        guard gunzip != nil else { return try file.read(into: room) }
        while let count = try gunzip?.read(from: file, into: room) {
            if count > 0 { return count }
        }
        return 0
    }
}
