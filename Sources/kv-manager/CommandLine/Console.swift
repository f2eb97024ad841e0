import Foundation
import KVFiles

/// The terminal, or what stands in its place. Writing may block, so it happens where that is allowed.
enum Console {
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    /// Whether somebody can be asked.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && errorIsTerminal }

    static func write(_ bytes: [UInt8]) async throws { try await write(bytes, to: STDOUT_FILENO) }
    static func print(_ line: String) async throws { try await write(Array((line + "\n").utf8)) }
    static func tell(_ line: String) async throws { try await write(Array((line + "\n").utf8), to: STDERR_FILENO) }
    static func tell(part: String) async throws { try await write(Array(part.utf8), to: STDERR_FILENO) }

    /// Whether the answer is yes.
    static func asks(_ question: String) async throws -> Bool {
        try await tell(part: "\(question) [y/N] ")
        try await OpenDescriptor.waitToRead(STDIN_FILENO)
        let answer = try await Blocking.run { readLine() }
        return ["y", "yes"].contains(answer?.lowercased())
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) async throws {
        try await Blocking.run {
            try OpenDescriptor.write(bytes[...], to: descriptor)
        }
    }
}

/// Reading and writing of descriptors, to the end of what is there. Blocks.
enum OpenDescriptor {
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws {
        do {
            try bytes.withUnsafeBytes { bytes in try writeAll(bytes, to: descriptor) }
        } catch let failure as SystemFailure {
            if failure.number == EPIPE { throw BrokenPipe() }
            throw CommandFailure("Writing failed: \(String(cString: strerror(failure.number))).")
        }
    }

    /// Until there is something to read, or its end. Does not block, and ends when the task is cancelled.
    static func waitToRead(_ descriptor: Int32) async throws {
        while true {
            let isReady = try await Blocking.run {
                var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                return poll(&asked, 1, pollMilliseconds) != 0
            }
            try Task.checkCancellation()
            if isReady { return }
        }
    }

    private static let pollMilliseconds: Int32 = 200

    /// Empty at the end.
    static func read(_ descriptor: Int32, upTo count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = bytes.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw CommandFailure("Reading failed: \(String(cString: strerror(errno))).") }
            return Array(bytes[..<got])
        }
    }
}
