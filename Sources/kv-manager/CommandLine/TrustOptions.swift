import ArgumentParser
import Foundation
import KVClient
import KVFiles

/// Whose word a command takes for who a server is, besides those whom the system trusts.
struct TrustOptions: ParsableArguments {
    @Option(
        name: .customLong("ca-cert"),
        help: ArgumentHelp("Trust servers by these certificates as well; PEM. KV_MANAGER_CA_CERT.", valueName: "file"))
    var file: String?

    func certificates() async throws -> TrustedCertificates? {
        var choices = Choices(environment: EnvironmentVariables())
        choices.options[.caCert] = file
        guard let path = try choices.path(.caCert), let source = try choices.choice(.caCert)?.origin.words else {
            return nil
        }
        return try await Blocking.run {
            guard let certificates = TrustedCertificates(file: path) else {
                throw CommandFailure("\(source): \(path) is not a PEM file of certificates, or cannot be read.")
            }
            return certificates
        }
    }
}
