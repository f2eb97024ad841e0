/// How a request fails that was chosen to.
enum GatewayFault: Equatable, Sendable {
    case internalError, badGateway
    case droppedBefore, droppedAfter
    /// Of a bulk write: the share of its keys, below 1, that is applied.
    case partial(Double)

    /// What becomes of a request, by two numbers drawn for it; nil: it is served.
    init?(chance: UInt64, choice: UInt64, probability: Double, isBulkWrite: Bool) {
        guard Self.unit(chance) < probability else { return nil }
        switch (choice >> 33) % (isBulkWrite ? 5 : 4) {
        case 0: self = .internalError
        case 1: self = .badGateway
        case 2: self = .droppedBefore
        case 3: self = .droppedAfter
        default: self = .partial(Double(choice & 0xFFFF) / 0x1_0000)
        }
    }

    /// From 0 on, below 1.
    private static func unit(_ number: UInt64) -> Double { Double(number >> 11) / Double(1 << 53 as UInt64) }
}

/// Decides request after request: the same seed and the same order of requests fail in the same way.
struct GatewayFaults {
    let probability: Double
    private var numbers: SplitMix64

    init(probability: Double, seed: UInt64) {
        self.probability = probability
        numbers = SplitMix64(seed: seed)
    }

    /// Draws two numbers for every request, so that what one is does not shift the fate of those after it.
    mutating func next(isBulkWrite: Bool) -> GatewayFault? {
        let chance = numbers.next()
        return GatewayFault(
            chance: chance, choice: numbers.next(), probability: probability, isBulkWrite: isBulkWrite)
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
