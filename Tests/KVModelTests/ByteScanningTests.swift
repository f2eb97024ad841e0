import KVModel
import TestSupport
import Testing

@Suite("Scanning bytes")
struct ByteScanningTests {
    @Test("agrees with the standard library on what is UTF-8")
    func validatesUTF8() {
        let pieces: [[UInt8]] = [
            [0x41], Array("abcdefghij".utf8), [0x7F], [0x80], [0xBF], [0xC2, 0x80], [0xC1, 0x80], [0xDF, 0xBF],
            [0xE0, 0xA0, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xFF], Array("é€😀".utf8),
        ]
        var random = Seeded(seed: 1)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in
                pieces.randomElement(using: &random) ?? []
            }
            #expect(bytes.isValidUTF8 == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test("validates each single, double and triple of bytes as the standard library does")
    func validatesShortSequences() {
        for first in UInt8.min...UInt8.max {
            #expect([first].isValidUTF8 == (String(validating: [first], as: UTF8.self) != nil))
            for second in stride(from: UInt8(0x70), through: 0xC8, by: 8) {
                for third: UInt8 in [0x20, 0x7F, 0x80, 0xBF, 0xC0] {
                    let bytes = [first, second, third]
                    #expect(bytes.isValidUTF8 == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
                }
            }
        }
    }

    @Test("finds the first byte that a JSON string cannot hold as it is, at every place")
    func findsEndOfPlainText() {
        for length in 0...40 {
            for place in 0...length {
                for stop: UInt8 in [0x22, 0x5C, 0x00, 0x1F, 0x0A] {
                    var bytes = [UInt8](repeating: 0x21, count: length)
                    if place < length { bytes[place] = stop }
                    #expect(end(of: bytes) == (place, false))
                }
            }
        }
    }

    @Test("tells whether the text before that is ASCII")
    func tellsNonASCII() {
        for place in 0..<24 {
            var bytes = [UInt8](repeating: 0x7F, count: 24)
            bytes[place] = 0xC3
            #expect(end(of: bytes) == (24, true))
            for stop in 0..<24 where stop != place {
                var stopped = bytes
                stopped[stop] = 0x22
                #expect(end(of: stopped) == (stop, place < stop))
            }
        }
    }

    private func end(of bytes: [UInt8]) -> (Int, Bool) {
        var sawNonASCII = false
        let end = bytes.withUnsafeBufferPointer { $0.endOfPlainText(from: 0, sawNonASCII: &sawNonASCII) }
        return (end, sawNonASCII)
    }
}
