import Foundation
import ServiceLifecycle
import UnixSignals

/// Calls for a reload of the settings at SIGHUP.
struct ReloadSignal: Service {
    private let terminal: Terminal
    private let signals: UnixSignalsSequence
    private let reload: @Sendable () async -> Void

    /// From now on SIGHUP does not end the program.
    init(_ reload: @escaping @Sendable () async -> Void) async {
        terminal = Terminal()
        signals = await UnixSignalsSequence(trapping: .sighup)
        self.reload = reload
    }

    /// Returns when the program is to end: at a graceful shutdown, or when its terminal is closed.
    func run() async {
        for await _ in signals.cancelOnGracefulShutdown() {
            if terminal.isClosed { return }
            await reload()
        }
    }
}

/// The terminal that the program was started from. SIGHUP means both "reload" and "the terminal is closed": the program ends in
/// the second case only.
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
