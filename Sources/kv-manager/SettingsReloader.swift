import KVFiles
import KVHTTP
import KVModel
import KVServer
import Logging

/// Reads the settings again while the program runs, and applies those that can change. If one is invalid, none is applied.
actor SettingsReloader {
    /// The settings at the start.
    private let first: Settings
    /// The settings that were read last.
    private var latest: Settings
    private let read: @Sendable () throws -> Settings
    private let log: LogWriter
    private let server: Server
    private let certificate: TLSCertificate?
    private let logger: Logger

    /// - Parameter read: Blocks.
    init(
        _ settings: Settings, read: @escaping @Sendable () throws -> Settings, log: LogWriter, server: Server,
        certificate: TLSCertificate?, logger: Logger
    ) {
        first = settings
        latest = settings
        self.read = read
        self.log = log
        self.server = server
        self.certificate = certificate
        self.logger = logger
    }

    func run() async {
        do {
            let new = try await Blocking.run { [read] in try read() }
            let changed = Self.settings(in: new, unlike: latest)
            let waiting = Self.settings(in: new, unlike: first).filter { Setting(rawValue: $0)?.isReread != true }
            log.level = new.logLevel
            server.replace(allowedHosts: new.allowedHosts, gatewayTokens: new.gateway.tokens)
            latest = new
            if !waiting.isEmpty {
                logger.warning(
                    "Some settings differ and apply from the next start on",
                    metadata: ["settings": "\(waiting.joined(separator: ", "))"])
            }
            logger.notice(
                "Settings read again",
                metadata: ["changed": "\(changed.isEmpty ? "none" : changed.joined(separator: ", "))"])
        } catch {
            let problem = error as? KVError
            logger.error(
                "The new settings cannot be used; the former ones stay",
                metadata: ["detail": "\(problem?.detail ?? "\(error)")"])
        }
        await certificate?.reload()
    }

    /// The names of the settings that differ.
    private static func settings(in new: Settings, unlike old: Settings) -> [String] {
        let changed = Setting.allCases.filter { new.text(of: $0) != old.text(of: $0) }
        return changed.map(\.rawValue) + (new.stores == old.stores ? [] : ["stores"])
    }
}
