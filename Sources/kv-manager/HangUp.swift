import Foundation

/// SIGHUP, which reports that the terminal is closed.
enum HangUp {
    /// Whether the signal is ignored, as under nohup: the program then continues. Read it before the signal is trapped.
    static var isIgnored: Bool {
        let before = signal(SIGHUP, SIG_DFL)
        signal(SIGHUP, before)
        return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
