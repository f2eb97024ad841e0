import ArgumentParser

/// The options of `serve` that are about TLS.
struct TLSFlags: ParsableArguments {
    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp("Serve HTTPS with this certificate and its chain; PEM.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("The certificate's private key; PEM.", valueName: "file"))
    var key: String?

    var given: [Setting: String?] { [.tlsCert: certificate, .tlsKey: key] }
}
