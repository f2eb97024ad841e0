import KVModel

/// The text of a file, read forward in pieces, expanded if it is gzipped.
struct FileSource: ~Copyable {
    private let file: OpenFile
    private var gunzip: Gunzip?
    let isGzipped: Bool

    /// Expanding to more than `maximumExpandedBytes` is an error; plain files are not limited by it.
    static func open(_ path: String, chunkBytes: Int, maximumExpandedBytes: Int) throws(KVError) -> FileSource {
        let file = try OpenFile.open(path)
        guard file.beginsLikeGzip else { return FileSource(file: file, gunzip: nil) }
        return FileSource(file: file, gunzip: try Gunzip(chunkBytes: chunkBytes, maximumBytes: maximumExpandedBytes))
    }

    private init(file: consuming OpenFile, gunzip: consuming Gunzip?) {
        isGzipped = gunzip != nil
        self.file = file
        self.gunzip = gunzip
    }

    /// Fills at least part of the room; 0 at the end.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(KVError) -> Int {
        guard gunzip != nil else { return try file.read(into: room) }
        while let count = try gunzip?.read(from: file, into: room) {
            if count > 0 { return count }
        }
        return 0
    }

    /// Plain files only.
    mutating func seek(to offset: Int) throws(KVError) {
        try file.seek(to: offset)
    }
}
