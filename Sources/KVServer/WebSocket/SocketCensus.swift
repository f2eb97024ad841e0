package import KVModel
import Synchronization

/// Counts the open sockets, and says when there are too many of them.
package final class SocketCensus: Sendable {
    private let limit: Int
    private let limitPerAddress: Int
    private let open = Mutex<[String: Int]>([:])

    package init(limit: Int = 10_000, limitPerAddress: Int = 100) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    package var count: Int { open.withLock { $0.values.reduce(0, +) } }

    /// A place for one more socket from `address`; throws `too_many_sockets` when there is none.
    package func place(for address: String) throws(KVError) -> SocketPlace {
        try open.withLock { open throws(KVError) in
            let here = open[address, default: 0]
            guard here < limitPerAddress else {
                throw KVError(.tooManySockets, "One address may hold \(limitPerAddress) sockets; close one of them.")
            }
            guard open.values.reduce(0, +) < limit else {
                throw KVError(.tooManySockets, "The server holds \(limit) sockets already; try again later.")
            }
            open[address] = here + 1
        }
        return SocketPlace(census: self, address: address)
    }

    fileprivate func leave(_ address: String) {
        open.withLock { open in
            let others = open[address, default: 1] - 1
            open[address] = others == 0 ? nil : others
        }
    }
}

/// One socket's place in the census; it is free again when this is gone, so that an answer that never reaches its
/// connection leaves none behind.
package final class SocketPlace: Sendable {
    private let census: SocketCensus
    private let address: String

    fileprivate init(census: SocketCensus, address: String) {
        self.census = census
        self.address = address
    }

    deinit { census.leave(address) }
}
