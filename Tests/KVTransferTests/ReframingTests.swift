import KVModel
import KVTransfer
import TestSupport
import Testing

/// The same entries in any spacing, framing and encoding.
@Suite("Reframed files")
struct ReframingTests {
    @Test("give the same entries, whatever spaces, separates, frames and encodes them", arguments: 1...27)
    func reframed(seed: Int) throws {
        var random = Seeded(seed: UInt64(seed))
        let entries = try GeneratedEntries.random(Int.random(in: 1...12, using: &random), seed: UInt64(100 + seed))
        let lines = String(decoding: try file(of: entries, .ndjson), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        let text = Framing.allCases[seed % Framing.allCases.count].text(of: lines, using: &random)
        for bytes in try encodings(of: text) {
            let chunkBytes = [1, 13, 1 << 16][seed % 3]
            let reading = try read(bytes, limit: 5, chunkBytes: chunkBytes)
            #expect(reading.entries == entries && reading.failures.isEmpty && reading.ending == nil)
            let checkpoint = try #require(reading.checkpoints.first)
            let rest = try read(bytes, resumingAt: checkpoint, chunkBytes: chunkBytes)
            #expect(rest.entries == Array(entries.dropFirst(checkpoint.records)))
        }
    }

    private func encodings(of text: String) throws -> [[UInt8]] {
        let plain = Array(text.utf8)
        var encodings = [plain, [0xEF, 0xBB, 0xBF] + plain, utf16(text), utf16(text, isBigEndian: true)]
        encodings += [
            utf16(text, hasMark: false), try gzip(plain), try gzip(plain) + [UInt8](repeating: 0, count: 512),
        ]
        encodings.append(try gzip(utf16(text)))
        return encodings
    }

    private enum Framing: CaseIterable {
        case lines, concatenated, sequence, array, arrays, wrapped, spaced, commas, mixed

        func text(of records: [String], using random: inout Seeded) -> String {
            let lineEnd = ["\n", "\r\n", "\r"][Int.random(in: 0...2, using: &random)]
            switch self {
            case .lines: return records.joined(separator: lineEnd + (Bool.random(using: &random) ? lineEnd : ""))
            case .concatenated: return records.joined()
            case .sequence: return records.map { "\u{1E}\($0)\(lineEnd)" }.joined()
            case .array: return "[" + records.joined(separator: ",\(lineEnd)") + "]\(lineEnd)"
            case .arrays: return records.map { "[\($0)]" }.joined(separator: lineEnd)
            case .wrapped: return "{\"success\":true,\"result\":[" + records.joined(separator: ",") + "],\"errors\":[]}"
            case .spaced: return records.map { spaced($0, lineEnd, using: &random) }.joined(separator: lineEnd)
            case .commas: return records.joined(separator: ",\(lineEnd)")
            case .mixed:
                let half = records.count / 2
                return "[" + records[..<half].joined(separator: " , ") + "]\(lineEnd)"
                    + records[half...].joined(separator: " ") + lineEnd
            }
        }

        /// White space around every token outside strings.
        private func spaced(_ record: String, _ lineEnd: String, using random: inout Seeded) -> String {
            var text = ""
            var isInString = false
            var isEscaped = false
            for scalar in record.unicodeScalars {
                let isToken = !isInString && "{}[]:,".unicodeScalars.contains(scalar)
                if isToken { text += ["", " ", "\t", lineEnd + "  "][Int.random(in: 0...3, using: &random)] }
                text.unicodeScalars.append(scalar)
                if isToken { text += ["", " ", lineEnd + "    "][Int.random(in: 0...2, using: &random)] }
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = isInString
                } else if scalar == "\"" {
                    isInString.toggle()
                }
            }
            return text.trimmingPrefix(while: \.isWhitespace).description
        }
    }
}
