import Foundation
import Testing

/// Damaged forms of some inputs, the same for the same seed: bytes changed, put in, taken out, doubled, and pieces of one
/// input within another.
///
/// In a run with a number of inputs of its own, it is an issue if the process has grown by the end. In other runs, tests that run
/// at the same time take memory too.
package struct Mutations: Sequence, IteratorProtocol {
    private static let askedCount = ProcessInfo.processInfo.environment["KV_MANAGER_FUZZ_INPUTS"].flatMap { Int($0) }
    /// 20,000, or as many as `KV_MANAGER_FUZZ_INPUTS` says.
    package static let usualCount = askedCount ?? 20_000

    /// Less than 100 bytes for each of 1,000,000 inputs.
    private static let mostGrowth = 64 << 20

    private static let longest = 4_096

    private let inputs: [[UInt8]]
    private let telling: [UInt8]
    private var random: Seeded
    private var left: Int
    private let count: Int
    /// Bytes of the process after the first quarter.
    private var resident: Int?

    /// - Parameter telling: Bytes that mean something to the parser.
    package init(of inputs: [[UInt8]], telling: String, seed: UInt64, count: Int = Mutations.usualCount) {
        self.inputs = inputs
        self.telling = Array(telling.utf8) + [0, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        random = Seeded(seed: seed)
        self.count = count
        left = count
    }

    package init(of texts: [String], telling: String, seed: UInt64, count: Int = Mutations.usualCount) {
        self.init(of: texts.map { Array($0.utf8) }, telling: telling, seed: seed, count: count)
    }

    package mutating func next() -> [UInt8]? {
        if Self.askedCount != nil { watchMemory() }
        guard left > 0 else { return nil }
        left -= 1
        var bytes = input()
        for _ in 0..<number(in: 1...6) { mutate(&bytes) }
        return Array(bytes.prefix(Self.longest))
    }

    private mutating func watchMemory() {
        if left == count / 4 * 3 { resident = Self.residentBytes }
        guard left == 0, let resident, let now = Self.residentBytes, now > resident + Self.mostGrowth else { return }
        Issue.record("The process grew by \(now - resident) bytes over \(count) inputs.")
    }

    /// Nil where the system does not tell.
    private static var residentBytes: Int? {
        let figures = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return figures.flatMap { Int($0[1]) }.map { $0 * Int(getpagesize()) }
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = number(in: 0...bytes.count)
        let piece = place..<Swift.min(bytes.count, place + number(in: 1...16))
        switch number(in: 0...6) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << number(in: 0...7 as ClosedRange<UInt8>)
        case 1 where place < bytes.count: bytes[place] = telling[number(in: 0...(telling.count - 1))]
        case 2: bytes.insert(telling[number(in: 0...(telling.count - 1))], at: place)
        case 3: bytes.removeSubrange(piece)
        case 4: bytes.insert(contentsOf: bytes[piece], at: place)
        case 5: bytes.removeSubrange(place...)
        default:
            let other = input()
            let start = number(in: 0...other.count)
            bytes.insert(contentsOf: other[start...].prefix(number(in: 0...64)), at: place)
        }
    }

    private mutating func input() -> [UInt8] { inputs[number(in: 0...(inputs.count - 1))] }

    private mutating func number<Number: FixedWidthInteger>(in range: ClosedRange<Number>) -> Number {
        .random(in: range, using: &random)
    }
}
