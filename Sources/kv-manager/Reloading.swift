import Foundation
import ServiceLifecycle
import UnixSignals

/// Reads the settings again at SIGHUP that can change while the program runs.
struct Reloading: Service {
    private let terminal: Terminal
    private let signals: UnixSignalsSequence
    private let reload: @Sendable () async -> Void

    /// From now on SIGHUP ends the program no more.
    init(_ reload: @escaping @Sendable () async -> Void) async {
        terminal = Terminal()
        signals = await UnixSignalsSequence(trapping: .sighup)
        self.reload = reload
    }

    /// Returns when the program is to end, because it is told to, or its terminal has been closed.
    func run() async {
        for await _ in signals.cancelOnGracefulShutdown() {
            if terminal.isClosed { return }
            await reload()
        }
    }
}

/// The terminal that the program was started from, if it ends with that one. SIGHUP means both "read again" and "the terminal
/// is closed"; without this, a program without a terminal would continue.
private struct Terminal {
    private let isWatched: Bool

    init() {
        isWatched = !HangUp.isIgnored && Self.isThere
    }

    var isClosed: Bool { isWatched && !Self.isThere }

    private static var isThere: Bool {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        if terminal >= 0 { close(terminal) }
        return terminal >= 0
    }
}
