import AsyncHTTPClient
import Foundation
import KVClient
import KVFiles
import KVModel
import NIOCore

/// Where a command writes a response: a file, which is replaced once the response is complete, or standard output.
enum OutputPath {
    /// `-` is standard output. Returns how many bytes there were.
    static func write(_ body: HTTPClientResponse.Body, to path: String) async throws -> Int {
        guard path != "-" else { return try await copy(body, to: STDOUT_FILENO) }
        let path = PathText.expandingHome(path)
        if let attributes = try? FileManager.default.attributesOfItem(atPath: path) {
            switch attributes[.type] as? FileAttributeType {
            case .typeRegular, .typeDirectory: break
            case .typeSymbolicLink where (try? URL(fileURLWithPath: path).checkResourceIsReachable()) == true:
                return try await write(body, to: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
            default: return try await writeInto(path, body)
            }
        }
        return try await Interruption.cancels { try await replace(path, by: body) }
    }

    /// Throws if the path is that of a folder, or of a file in a folder that does not exist, before any work is done for it.
    static func check(_ path: String) throws {
        guard path != "-" else { return }
        let file = PathText.expandingHome(path)
        guard !file.hasSuffix("/"), FileStatus(of: file)?.isFolder != true else {
            throw CommandFailure("\(path) cannot be written: it is a folder. Add the name of a file.")
        }
        let folder = file.parentFolder
        guard FolderOwner(of: folder) == nil else { return }
        throw CommandFailure("\(path) cannot be written: there is no folder \(folder).")
    }

    private static func replace(_ path: String, by body: HTTPClientResponse.Body) async throws -> Int {
        let beside = "\(path).part-\(UInt32.random(in: 0...UInt32.max))"
        let file = try await writing(path) { try NewFile(beside, mode: nil) }
        do {
            var count = 0
            for try await piece in body {
                count += piece.readableBytes
                try await writing(path) { try file.append(Array(buffer: piece)) }
            }
            try await writing(path) {
                try file.finish()
                try DurableFiles.move(beside, to: path)
            }
            return count
        } catch {
            unlink(beside)
            throw error
        }
    }

    /// Does a part of the work, and names the file if it fails.
    private static func writing<Result: Sendable>(
        _ path: String, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        do {
            return try await Blocking.run(work)
        } catch let error as KVError {
            throw CommandFailure("\(path) cannot be written: \(error.cause ?? error.detail).")
        }
    }

    /// Into what is no file: a pipe, a device.
    private static func writeInto(_ path: String, _ body: HTTPClientResponse.Body) async throws -> Int {
        let descriptor = try await Blocking.run {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            return descriptor
        }
        defer { close(descriptor) }
        return try await copy(body, to: descriptor)
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }

    private static func copy(_ body: HTTPClientResponse.Body, to descriptor: Int32) async throws -> Int {
        var count = 0
        for try await piece in body {
            count += piece.readableBytes
            try await Blocking.run {
                try OpenDescriptor.write(Array(buffer: piece)[...], to: descriptor)
            }
        }
        return count
    }
}
