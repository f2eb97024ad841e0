import NIOCore
import Synchronization

/// Counts the connections of one listening port, and bounds what one address may take of them.
///
/// A client address may have a share of the connections, and fewer bodies that it has not finished sending. When all
/// connections are taken, the oldest one that has not sent a request is closed.
package final class ConnectionCensus: Sendable {
    package struct Limits: Sendable {
        package var connections: Int
        package var connectionsPerAddress: Int
        package var bodiesPerAddress: Int

        /// Three quarters of the connections for one address, since a reverse proxy makes all clients one address; an
        /// eighth of them for bodies that are being sent.
        package init(connections: Int) {
            self.connections = connections
            connectionsPerAddress = max(1, connections * 3 / 4)
            bodiesPerAddress = max(8, connections / 8)
        }
    }

    fileprivate struct Address {
        var connections = 0
        var bodies = 0
    }

    fileprivate struct State {
        var connections = 0
        var addresses: [String: Address] = [:]
        /// Connections without a request, in the order in which they came.
        var silent: [ObjectIdentifier: (order: Int, channel: any Channel)] = [:]
        var nextOrder = 0
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits) {
        self.limits = limits
    }

    /// Counts a new connection until it closes. Returns false when its address has too many.
    func admit(_ channel: any Channel) -> Bool {
        let address = Self.address(of: channel)
        let (isAdmitted, displaced) = state.withLock { $0.admit(channel, from: address, limits) }
        displaced?.close(promise: nil)
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { $0.remove(channel, of: address) }
        }
        return true
    }

    /// Notes that a connection has sent a request.
    func hasAsked(_ channel: any Channel) {
        state.withLock { $0.silent[ObjectIdentifier(channel)] = nil }
    }

    /// Counts a body that is being sent. Returns false when its address sends too many already.
    func beginBody(of channel: any Channel) -> Bool {
        let address = Self.address(of: channel)
        return state.withLock { state in
            guard state.addresses[address, default: Address()].bodies < limits.bodiesPerAddress else { return false }
            state.addresses[address, default: Address()].bodies += 1
            return true
        }
    }

    func endBody(of channel: any Channel) {
        let address = Self.address(of: channel)
        state.withLock { $0.addresses[address]?.bodies -= 1 }
    }

    private static func address(of channel: any Channel) -> String { channel.remoteAddress?.ipAddress ?? "local" }
}

extension ConnectionCensus.State {
    fileprivate mutating func admit(
        _ channel: any Channel, from address: String, _ limits: ConnectionCensus.Limits
    ) -> (isAdmitted: Bool, displaced: (any Channel)?) {
        guard addresses[address]?.connections ?? 0 < limits.connectionsPerAddress else { return (false, nil) }
        connections += 1
        addresses[address, default: .init()].connections += 1
        // This connection has its time to ask: it is not the one that is closed.
        let oldest = connections < limits.connections ? nil : silent.values.min { $0.order < $1.order }
        silent[ObjectIdentifier(channel)] = (nextOrder, channel)
        nextOrder += 1
        return (true, oldest?.channel)
    }

    fileprivate mutating func remove(_ channel: any Channel, of address: String) {
        connections -= 1
        silent[ObjectIdentifier(channel)] = nil
        addresses[address]?.connections -= 1
        if addresses[address]?.connections == 0 { addresses[address] = nil }
    }
}
