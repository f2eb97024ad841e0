import KVFiles
import KVModel
package import Logging
import ServiceLifecycle

/// Looks every few seconds whether the certificate's files have been replaced, as those who renew certificates do.
package struct TLSWatch: Service {
    private static let pause = Duration.seconds(10)

    private let certificate: TLSCertificate
    private let logger: Logger

    package init(_ certificate: TLSCertificate, logger: Logger) {
        self.certificate = certificate
        self.logger = logger
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil { await look() }
        }
    }

    /// Takes new files. What is wrong with them is logged, and the certificate stays what it is.
    /// - Parameter isAsked: Whether to say so again of files that were wrong before.
    package func look(isAsked: Bool = false) async {
        do {
            let isNew = try await Blocking.run { [certificate] in try certificate.refresh(isAsked: isAsked) }
            if isNew { logger.notice("New connections are shown the new certificate") }
        } catch is CancellationError {
        } catch {
            let problem = error as? KVError
            logger.error(
                "The new certificate cannot be used; the one before stays",
                metadata: [
                    "detail": "\(problem?.detail ?? "\(error)")", "cause": "\(problem?.cause ?? "-")",
                ])
        }
    }
}
