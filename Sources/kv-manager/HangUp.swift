import Foundation

/// SIGHUP, which says that the terminal is closed.
enum HangUp {
    /// Under nohup it is, and the program is to go on. To be asked before it is trapped.
    static var isIgnored: Bool {
        let before = signal(SIGHUP, SIG_DFL)
        signal(SIGHUP, before)
        return unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
