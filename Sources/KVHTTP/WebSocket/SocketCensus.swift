package import KVModel
import Synchronization

/// Counts the open sockets, and says when there are too many of them.
package final class SocketCensus: Sendable {
    private let limit: Int
    private let limitPerAddress: Int
    private let state = Mutex(State())

    private struct State {
        var open: [String: Int] = [:]
        var totals = Totals()
    }

    /// Since the start.
    package struct Totals: Sendable {
        package var opened = 0
        package var refused = 0
    }

    package init(limit: Int = 10_000, limitPerAddress: Int = 100) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    package var count: Int { state.withLock { $0.open.values.reduce(0, +) } }
    package var totals: Totals { state.withLock { $0.totals } }

    /// A place for one more socket from `address`; throws `too_many_sockets` when there is none.
    package func slot(for address: String) throws(KVError) -> SocketSlot {
        try state.withLock { state throws(KVError) in
            let here = state.open[address, default: 0]
            state.totals.refused += 1
            guard here < limitPerAddress else {
                throw KVError(.tooManySockets, "One address may hold \(limitPerAddress) sockets; close one of them.")
            }
            guard state.open.values.reduce(0, +) < limit else {
                throw KVError(.tooManySockets, "The server holds \(limit) sockets already; try again later.")
            }
            state.totals.refused -= 1
            state.totals.opened += 1
            state.open[address] = here + 1
        }
        return SocketSlot(census: self, address: address)
    }

    fileprivate func leave(_ address: String) {
        state.withLock { state in
            let others = state.open[address, default: 1] - 1
            state.open[address] = others == 0 ? nil : others
        }
    }
}

/// One socket's place in the census; it is free again when this is gone, so that an answer that never reaches its
/// connection leaves none behind.
package final class SocketSlot: Sendable {
    private let census: SocketCensus
    private let address: String

    fileprivate init(census: SocketCensus, address: String) {
        self.census = census
        self.address = address
    }

    deinit { census.leave(address) }
}
