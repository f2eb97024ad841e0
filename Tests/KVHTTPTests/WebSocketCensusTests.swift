import KVModel
import Testing

@testable import KVHTTP

@Suite("The census of sockets")
struct WebSocketCensusTests {
    @Test("refuses one address more than its share, and all more than the whole")
    func limits() throws {
        let census = SocketCensus(limit: 3, limitPerAddress: 2)
        let slots = try ["a", "a", "b"].map { try census.slot(for: $0) }
        #expect(census.count == 3)
        for address in ["a", "b", "c"] {
            #expect { try census.slot(for: address) } throws: { ($0 as? KVError)?.code == .tooManySockets }
        }
        withExtendedLifetime(slots) {}
    }

    @Test("has room again when a place is given up, used or not")
    func leaves() throws {
        let census = SocketCensus(limit: 1, limitPerAddress: 1)
        for address in ["a", "b", "a"] {
            let slot = try census.slot(for: address)
            #expect(census.count == 1)
            withExtendedLifetime(slot) {}
        }
        #expect(census.count == 0)
    }
}
