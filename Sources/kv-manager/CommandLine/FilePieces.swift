import AsyncHTTPClient
import Foundation
import KVClient
import KVFiles
import NIOCore

/// A file, or standard input, piece by piece, read where blocking is allowed.
struct FilePieces: AsyncSequence, Sendable {
    private static let pieceSize = 256 << 10

    private let descriptor: Int32
    /// Nil where it is not known before its end.
    private let size: Int64?
    private let frame: Frame

    /// Bytes that are sent before and after those of the file.
    struct Frame: Sendable {
        var before: [UInt8] = []
        var after: [UInt8] = []
    }

    /// Opens the file for as long as `use` takes, as the body of a request; `-` is standard input.
    static func of<Result: Sendable>(
        _ path: String, within frame: Frame = Frame(), _ use: (HTTPClientRequest.Body) async throws -> Result
    ) async throws -> Result {
        guard path != "-" else {
            let pieces = FilePieces(descriptor: STDIN_FILENO, size: nil, frame: frame)
            return try await use(.stream(pieces, length: .unknown))
        }
        let (descriptor, size) = try await Blocking.run {
            try Self.open(PathText.expandingHome(path))
        }
        defer { close(descriptor) }
        let pieces = FilePieces(descriptor: descriptor, size: size, frame: frame)
        let length = size.map { $0 + Int64(frame.before.count + frame.after.count) }
        return try await use(.stream(pieces, length: length.map { .known($0) } ?? .unknown))
    }

    /// With its size, where it has one.
    private static func open(_ path: String) throws -> (descriptor: Int32, size: Int64?) {
        // A named pipe is opened at once: its writer is waited for when it is read.
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            close(descriptor)
            throw CommandFailure("\(path) is a folder.")
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { return (descriptor, nil) }
        lseek(descriptor, 0, SEEK_SET)
        // Devices have an end that says nothing.
        return (descriptor, end > 0 ? Int64(end) : nil)
    }

    func makeAsyncIterator() -> Iterator { Iterator(descriptor: descriptor, left: size, frame: frame) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let descriptor: Int32
        /// What was told of the file's size is what is sent, though it may have grown meanwhile.
        fileprivate var left: Int64?
        fileprivate var frame: Frame

        mutating func next() async throws -> ByteBuffer? {
            if let start = Self.take(&frame.before) { return start }
            if let piece = try await nextOfFile() { return piece }
            left = 0
            return Self.take(&frame.after)
        }

        private static func take(_ bytes: inout [UInt8]) -> ByteBuffer? {
            defer { bytes = [] }
            return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
        }

        private mutating func nextOfFile() async throws -> ByteBuffer? {
            let most = Int(Swift.min(Int64(pieceSize), left ?? .max))
            guard most > 0 else { return nil }
            try await OpenDescriptor.waitToRead(descriptor)
            let piece = try await Blocking.run { [descriptor] in
                try OpenDescriptor.read(descriptor, upTo: most)
            }
            left = left.map { $0 - Int64(piece.count) }
            guard piece.isEmpty else { return ByteBuffer(bytes: piece) }
            guard left ?? 0 == 0 else { throw CommandFailure("The file has become shorter while it was sent.") }
            return nil
        }
    }
}
