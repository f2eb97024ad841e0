import KVFiles
package import KVModel
package import Logging
import NIOCertificateReloading
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// The certificate that new connections present, which is replaced when its files change. Connections that exist keep theirs.
package struct TLSCertificate: Service {
    /// How often the files are read.
    private static let interval = Duration.seconds(10)
    /// How long the end of a connection waits for the client.
    private static let patience = TimeAmount.seconds(2)

    /// For all connections. Each handshake uses the certificate that was loaded last.
    let context: NIOSSLContext
    private let reloader: TimedCertificateReloader
    private let log: ReloadLog

    /// Reads the files; blocks. Throws what is wrong with them.
    package init(_ files: TLSFiles, logger: Logger) throws(KVError) {
        let log = ReloadLog(logger)
        let configuration = TimedCertificateReloader.Configuration(
            refreshInterval: Self.interval,
            certificateSource: .init(location: .memory { try files.chain() }, format: .pem),
            privateKeySource: .init(location: .memory { try files.privateKey() }, format: .pem)
        ) { configuration in
            configuration.onCertificateLoaded = { change in
                let former = change.previousX509CertificateChain
                log.loaded(isNew: former != nil && former != change.currentX509CertificateChain)
            }
            configuration.onCertificateLoadFailed = { log.failed(files.error($0.error)) }
        }
        do {
            reloader = try .makeReloaderValidatingSources(configuration: configuration)
            var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = Self.patience
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw files.error(error)
        }
        self.log = log
    }

    /// Reads the files at intervals. Unusable files are logged once, and the certificate stays what it is.
    package func run() async throws { try await reloader.run() }

    /// Reads the files now. Unusable ones are logged again.
    package func reload() async {
        log.forget()
        // An error is logged by the reloader's own report of it.
        try? await Blocking.run { [reloader] in try reloader.reload() }
    }

    /// Throws what is wrong with the files; blocks.
    package static func check(_ files: TLSFiles) throws(KVError) {
        _ = try TLSCertificate(files, logger: Logger(label: "kv-manager") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Logs new certificates, and each failure to load one once.
private final class ReloadLog: Sendable {
    private struct State {
        /// Before a certificate is loaded, the caller reports failures.
        var isLoaded = false
        var failure: String?
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(_ logger: Logger) {
        self.logger = logger
    }

    func loaded(isNew: Bool) {
        state.withLock { $0 = State(isLoaded: true) }
        if isNew { logger.notice("New connections are shown the new certificate") }
    }

    func failed(_ error: KVError) {
        let isToBeLogged = state.withLock { state in
            defer { state.failure = error.detail }
            return state.isLoaded && state.failure != error.detail
        }
        guard isToBeLogged else { return }
        logger.error(
            "The new certificate cannot be used; the one before stays",
            metadata: ["detail": "\(error.detail)", "cause": "\(error.cause ?? "-")"])
    }

    func forget() { state.withLock { $0.failure = nil } }
}
