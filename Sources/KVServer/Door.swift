import Crypto
import NIOCore

/// Where is listened, and who may come in there.
package struct Door: Sendable {
    package var host: String
    /// 0: any that is free.
    package var port: Int
    /// Of what every request must name in its `X-Command-Key`; nil: all may come.
    private let keyDigest: SHA256Digest?
    /// Nil: plain HTTP.
    package var certificate: TLSCertificate?
    /// Further connections wait until one of these has ended.
    package var connectionLimits = ConnectionCensus.Limits(connections: 12_000)
    package var timing = ConnectionTiming()

    package init(host: String, port: Int, commandKey: String? = nil, certificate: TLSCertificate? = nil) {
        self.host = host
        self.port = port
        keyDigest = commandKey.map { SHA256.hash(data: Array($0.utf8)) }
        self.certificate = certificate
    }

    /// One for commands on this machine alone.
    package static func forCommands(key: String) -> Door {
        var door = Door(host: "127.0.0.1", port: 0, commandKey: key)
        door.connectionLimits = ConnectionCensus.Limits(connections: 500)
        // All commands have one address; those that are being closed count as well.
        door.connectionLimits.connectionsPerAddress = .max
        door.timing.firstRequest = .seconds(5)
        return door
    }

    /// Takes the same time for whatever is presented.
    func admits(_ key: @autoclosure () -> String?) -> Bool {
        guard let keyDigest else { return true }
        return SHA256.hash(data: Array((key() ?? "").utf8)) == keyDigest
    }
}
