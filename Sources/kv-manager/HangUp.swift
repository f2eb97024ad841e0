import Foundation

/// SIGHUP, which says that the terminal is closed.
enum HangUp {
    /// Whether it was when the program started: under nohup it is to go on.
    static var isIgnored: Bool {
        let before = signal(SIGHUP, SIG_DFL)
        signal(SIGHUP, before)
        return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
