import Foundation
import KVModel
import KVServer
import Logging
import Synchronization

/// Writes the program's log to standard error, and keeps the last lines for the interface.
///
/// If lines are produced faster than they are read, some are not written. The next line that is written has their number.
///
/// A message that is repeated within some seconds, for any request, is counted and not written. The next one has the count.
final class LogWriter: Sendable {
    private static let kept = 200
    /// Milliseconds in which a message is written once.
    private static let quiet: Int64 = 10_000
    private static let messagesKnown = 256
    /// How long the end of the program waits until the log is read.
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

    private let form: LogFormat
    private let clock: WallClock
    private let output = ErrorOutput()
    private let least: Mutex<Logger.Level>
    private let state = Mutex(State())

    /// - Parameter level: The lowest level that is logged.
    init(_ form: LogFormat, level: Logger.Level, clock: WallClock) {
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

    /// Returns when all lines are written, or after a time in which they were not read.
    func finish() async { await output.finish(within: Self.patience) }
}
