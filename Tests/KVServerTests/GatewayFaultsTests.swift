import Testing

@testable import KVServer

@Suite("The gateway's faults")
struct GatewayFaultsTests {
    private func fates(probability: Double, seed: UInt64, bulk: (Int) -> Bool = { _ in false }) -> [GatewayFault?] {
        var faults = GatewayFaults(probability: probability, seed: seed)
        return (0..<20_000).map { faults.next(isBulkWrite: bulk($0)) }
    }

    @Test("draw the numbers that the algorithm's authors publish")
    func numbers() {
        var numbers = SplitMix64(seed: 1_234_567)
        #expect(numbers.next() == 6_457_827_717_110_365_317)
        #expect(numbers.next() == 3_203_168_211_198_807_973)
    }

    @Test("are the same for the same seed, and others for another")
    func seeds() {
        #expect(fates(probability: 0.1, seed: 42) == fates(probability: 0.1, seed: 42))
        #expect(fates(probability: 0.1, seed: 42) != fates(probability: 0.1, seed: 43))
    }

    @Test("are as frequent as they are to be", arguments: [0, 0.01, 0.5, 1])
    func frequency(probability: Double) {
        let count = fates(probability: probability, seed: 42).count { $0 != nil }
        #expect(abs(Double(count) / 20_000 - probability) < 0.01)
        if probability == 0 { #expect(count == 0) }
        if probability == 1 { #expect(count == 20_000) }
    }

    @Test("come in every kind, and a part of a bulk write is less than the whole")
    func kinds() {
        let single = fates(probability: 1, seed: 1)
        for kind in [GatewayFault.internalError, .badGateway, .droppedBefore, .droppedAfter] {
            #expect(abs(single.count { $0 == kind } - 5_000) < 500)
        }
        let shares = fates(probability: 1, seed: 1, bulk: { _ in true })
            .compactMap { fault -> Double? in if case .partial(let share)? = fault { share } else { nil } }
        #expect(abs(shares.count - 4_000) < 500)
        #expect(shares.allSatisfy { (0..<1).contains($0) } && Set(shares).count > 1_000)
    }

    @Test("of one request do not depend on what those before it were")
    func independence() {
        let single = fates(probability: 0.3, seed: 7)
        let mixed = fates(probability: 0.3, seed: 7, bulk: { $0.isMultiple(of: 2) })
        #expect(single.map { $0 == nil } == mixed.map { $0 == nil })
        for index in stride(from: 1, to: single.count, by: 2) { #expect(single[index] == mixed[index]) }
    }
}
