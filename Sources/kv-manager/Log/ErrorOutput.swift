import Dispatch
import Foundation
import Synchronization

/// Standard error, for the log. A separate thread writes it, so that a reader that stops does not block the program.
final class ErrorOutput: Sendable {
    /// The maximum number of lines that wait.
    private static let most = 1_000

    private let queue = DispatchQueue(label: "log")
    private let waiting = Mutex(0)

    /// Queues a line, without its newline. Returns false, and drops the line, if too many lines wait.
    func take(_ line: String) -> Bool {
        let isTaken = waiting.withLock { waiting in
            guard waiting < Self.most else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { return false }
        queue.async { [self] in
            // If it cannot be written, for example on a full disk, the program continues without it.
            try? OpenDescriptor.write(Array((line + "\n").utf8)[...], to: STDERR_FILENO)
            waiting.withLock { $0 -= 1 }
        }
        return true
    }

    /// Returns when all lines are written, or after the limit.
    func finish(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while waiting.withLock({ $0 > 0 }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
