import Foundation
import KVFiles
import NIOCore
import NIOPosix

/// The resources that the program uses.
struct ProcessFigures: Sendable {
    var residentBytes = 0
    var cpuSeconds = 0.0
    var openFiles = 0
    /// Unix seconds.
    var startedAt = 0.0
    /// The longest time that an event loop needed just now to start a new task, in seconds.
    var eventLoopLag = 0.0

    private static let started = Date().timeIntervalSince1970

    /// Notes the start of the program. Call it once at the start.
    static func begin() { _ = started }

    static func read() async throws -> ProcessFigures {
        var figures = try await Blocking.run { ofSystem() }
        figures.startedAt = started
        for eventLoop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            let asked = ContinuousClock.now
            let lag = try await eventLoop.submit { ContinuousClock.now - asked }.get()
            figures.eventLoopLag = max(figures.eventLoopLag, lag / .seconds(1))
        }
        return figures
    }

    private static func ofSystem() -> ProcessFigures {
        var figures = ProcessFigures()
        if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            figures.residentBytes = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
        // In microseconds, as POSIX says.
        figures.cpuSeconds = Double(clock()) / 1e6
        figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        return figures
    }
}
