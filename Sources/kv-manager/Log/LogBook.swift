import Foundation
import KVModel
import KVServer
import Logging
import Synchronization

/// The program's log: lines on standard error, of which the last ones are kept for those who watch.
///
/// Where lines come quicker than they are read, some are not written; the next one that is says how many.
///
/// What is said again within some seconds, whichever request it is about, is counted rather than written; how often it
/// was is said with the next time.
final class LogBook: Sendable {
    private static let kept = 200
    /// Milliseconds in which a message is written once.
    private static let quiet: Int64 = 10_000
    private static let messagesKnown = 256
    /// How long the end of the program waits for who reads the log.
    private static let patience = Duration.seconds(1)

    private struct Said {
        var at: Timestamp
        var unsaid = 0
    }

    private struct State {
        var lines: [LogLine] = []
        var said: [String: Said] = [:]
        /// Lines that were not written since the last one that was.
        var unwritten = 0
    }

    private let form: LogForm
    private let clock: WallClock
    private let output = ErrorOutput()
    private let least: Mutex<Logger.Level>
    private let state = Mutex(State())

    /// - Parameter level: The least level that is logged.
    init(_ form: LogForm, level: Logger.Level, clock: WallClock) {
        self.form = form
        least = Mutex(level)
        self.clock = clock
    }

    var level: Logger.Level {
        get { least.withLock(\.self) }
        set { least.withLock { $0 = newValue } }
    }

    /// The last lines, the oldest first.
    var lines: [LogLine] { state.withLock { $0.lines } }

    func note(level: String, message: String, fields: [(name: String, value: String)]) {
        let time = clock.now
        let subject = fields.filter { !["request", "trace"].contains($0.name) }.map { "\($0.name)=\($0.value)" }.joined(
            separator: " ")
        let key = "\(level) \(message) \(subject)"
        state.withLock { state in
            var fields = fields
            if let said = state.said[key] {
                guard time.milliseconds(since: said.at) >= Self.quiet else {
                    state.said[key]?.unsaid += 1
                    return
                }
                if said.unsaid > 0 { fields.append((name: "repeated", value: "\(said.unsaid)")) }
            }
            if state.said.count >= Self.messagesKnown {
                let old = state.said.filter { time.milliseconds(since: $0.value.at) >= Self.quiet && $0.key != key }
                state.unwritten += old.values.reduce(0) { $0 + $1.unsaid }
                for key in old.keys { state.said[key] = nil }
            }
            if state.said[key] != nil || state.said.count < Self.messagesKnown { state.said[key] = Said(at: time) }
            if state.unwritten > 0 { fields.append((name: "unwritten", value: "\(state.unwritten)")) }
            let line = LogLine(at: time, level: level, message: message, fields: fields)
            if state.lines.count == Self.kept { state.lines.removeFirst() }
            state.lines.append(line)
            if output.take(form.line(line)) { state.unwritten = 0 } else { state.unwritten += 1 }
        }
    }

    /// Returns when all lines are written, or nobody seems to read them.
    func finish() async { await output.finish(within: Self.patience) }
}
