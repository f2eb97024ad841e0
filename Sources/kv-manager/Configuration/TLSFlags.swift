import ArgumentParser

/// The options of `serve` for TLS.
struct TLSFlags: ParsableArguments {
    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp("A PEM file with the certificate for HTTPS and its chain.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp("A PEM file with the private key of the certificate.", valueName: "file"))
    var key: String?

    var given: [Setting: String?] { [.tlsCert: certificate, .tlsKey: key] }
}
