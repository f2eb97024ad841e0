import Crypto
package import KVHTTP
import NIOCore

/// The key that every request to a listener for commands must present.
///
/// Only its digest is kept.
struct CommandKey: Sendable {
    private let digest: SHA256Digest

    init(_ key: String) {
        digest = SHA256.hash(data: Array(key.utf8))
    }

    /// Takes the same time for every key that is presented.
    func matches(_ key: String?) -> Bool {
        SHA256.hash(data: Array((key ?? "").utf8)) == digest
    }
}

extension Listener {
    /// A listener for the commands of this machine.
    package static func forCommands() -> Listener {
        var listener = Listener(host: "127.0.0.1", port: 0)
        listener.connectionLimits = ConnectionCensus.Limits(connections: 500)
        // All commands have one address; those that are being closed count as well.
        listener.connectionLimits.connectionsPerAddress = .max
        listener.timing.firstRequest = .seconds(5)
        return listener
    }
}
