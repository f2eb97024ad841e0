import Dispatch
import Foundation
import Synchronization

/// Standard error, for the log. It is written by a thread of its own: who does not read it holds nobody up.
final class ErrorOutput: Sendable {
    /// Lines that wait at most.
    private static let most = 1_000

    private let queue = DispatchQueue(label: "log")
    private let waiting = Mutex(0)

    /// Takes a line, without its end. Returns false where too many wait already; this one is then left out.
    func take(_ line: String) -> Bool {
        let isTaken = waiting.withLock { waiting in
            guard waiting < Self.most else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { return false }
        queue.async { [self] in
            // Where it cannot be written, since the disk is full say, the program goes on without.
            try? OpenDescriptor.write(Array((line + "\n").utf8)[...], to: STDERR_FILENO)
            waiting.withLock { $0 -= 1 }
        }
        return true
    }

    /// Returns when all is written, or that takes too long.
    func finish(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while waiting.withLock({ $0 > 0 }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
