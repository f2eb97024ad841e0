import ArgumentParser
import Foundation
import KVClient

/// Thrown when a pipe is written that nobody reads any longer: `head`, say, has seen enough.
struct BrokenPipe: LocalFailure {
    /// How shells report a program that the signal has ended.
    private static let status = ExitCode(128 + SIGPIPE)

    /// Ends the process as other programs end in this case: silently, by SIGPIPE. Everything else must have been closed.
    static func end() throws {
        // The process ignores the signal, since its own sockets may close at any time.
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
        throw status
    }
}
