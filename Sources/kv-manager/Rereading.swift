import KVFiles
import KVHTTP
import KVModel
import KVServer
import Logging

/// Takes the settings anew, as far as that can be done while the program is at work. If any is wrong, all stay as they are.
actor Rereading {
    /// What it was started with.
    private let first: Settings
    /// What was read last.
    private var latest: Settings
    private let read: @Sendable () throws -> Settings
    private let book: LogBook
    private let server: Server
    private let certificate: TLSCertificate?
    private let logger: Logger

    /// - Parameter read: Blocks.
    init(
        _ settings: Settings, read: @escaping @Sendable () throws -> Settings, book: LogBook, server: Server,
        certificate: TLSCertificate?, logger: Logger
    ) {
        first = settings
        latest = settings
        self.read = read
        self.book = book
        self.server = server
        self.certificate = certificate
        self.logger = logger
    }

    func run() async {
        do {
            let new = try await Blocking.run { [read] in try read() }
            let changed = Self.settings(in: new, unlike: latest)
            let waiting = Self.settings(in: new, unlike: first).filter { Setting(rawValue: $0)?.isReread != true }
            book.level = new.logLevel
            server.replace(allowedHosts: new.allowedHosts, gatewayTokens: new.gateway.tokens)
            latest = new
            if !waiting.isEmpty {
                logger.warning(
                    "Some settings differ that hold from the next start on",
                    metadata: ["settings": "\(waiting.joined(separator: ", "))"])
            }
            logger.notice(
                "Settings read again",
                metadata: ["changed": "\(changed.isEmpty ? "none" : changed.joined(separator: ", "))"])
        } catch {
            let problem = error as? KVError
            logger.error(
                "The new settings cannot be used; those before stay",
                metadata: ["detail": "\(problem?.detail ?? "\(error)")"])
        }
        await certificate?.reload()
    }

    /// The names of those that are set otherwise.
    private static func settings(in new: Settings, unlike old: Settings) -> [String] {
        let changed = Setting.allCases.filter { new.told($0) != old.told($0) }
        return changed.map(\.rawValue) + (new.stores == old.stores ? [] : ["stores"])
    }
}
