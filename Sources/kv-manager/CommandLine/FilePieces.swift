import AsyncHTTPClient
import Foundation
import KVClient
import NIOCore
import NIOPosix

/// A file, or standard input, piece by piece, read where blocking is allowed.
struct FilePieces: AsyncSequence, Sendable {
    private static let pieceSize = 256 << 10

    private let descriptor: Int32

    /// Opens the file for as long as `use` takes, as the body of a request; `-` is standard input.
    static func of<Result: Sendable>(
        _ path: String, _ use: (HTTPClientRequest.Body) async throws -> Result
    ) async throws -> Result {
        guard path != "-" else {
            return try await use(.stream(FilePieces(descriptor: STDIN_FILENO), length: .unknown))
        }
        let (descriptor, size) = try await NIOThreadPool.singleton.runIfActive { try Self.open(path) }
        defer { close(descriptor) }
        return try await use(.stream(FilePieces(descriptor: descriptor), length: size.map { .known($0) } ?? .unknown))
    }

    /// With its size, where it has one. Blocks, for a named pipe until somebody writes to it.
    private static func open(_ path: String) throws -> (descriptor: Int32, size: Int64?) {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let type = attributes[.type] as? FileAttributeType
            guard type != .typeDirectory else { throw CommandFailure("\(path) is a folder.") }
            // A link's size is not that of the file it names.
            return (descriptor, type == .typeRegular ? (attributes[.size] as? NSNumber)?.int64Value : nil)
        } catch {
            close(descriptor)
            throw error
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(descriptor: descriptor) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let descriptor: Int32

        mutating func next() async throws -> ByteBuffer? {
            let piece = try await NIOThreadPool.singleton.runIfActive { [descriptor] in
                try OpenDescriptor.read(descriptor, upTo: pieceSize)
            }
            return piece.isEmpty ? nil : ByteBuffer(bytes: piece)
        }
    }
}

/// A file that is written beside its place, and takes it when it is whole.
enum NewFile {
    /// `-` is standard output. Returns how many bytes there were.
    static func write(_ body: HTTPClientResponse.Body, to path: String) async throws -> Int {
        guard path != "-" else { return try await copy(body, to: STDOUT_FILENO) }
        let beside = "\(path).part-\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = try await NIOThreadPool.singleton.runIfActive {
            let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw failure(path) }
            return descriptor
        }
        do {
            let count = try await copy(body, to: descriptor)
            try await NIOThreadPool.singleton.runIfActive {
                guard fsync(descriptor) == 0, rename(beside, path) == 0 else { throw failure(path) }
            }
            close(descriptor)
            return count
        } catch {
            close(descriptor)
            unlink(beside)
            throw error
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }

    private static func copy(_ body: HTTPClientResponse.Body, to descriptor: Int32) async throws -> Int {
        var count = 0
        for try await piece in body {
            count += piece.readableBytes
            try await NIOThreadPool.singleton.runIfActive {
                try OpenDescriptor.write(Array(buffer: piece)[...], to: descriptor)
            }
        }
        return count
    }
}
