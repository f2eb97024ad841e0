import Foundation
import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("The check of a gzip file")
struct GzipCheckTests {
    private let text = (0..<30).map { "{\"key\":\"\($0)\",\"value\":\"value \($0 &* 7_919)\"}\n" }.joined()

    /// The number of bytes that the file expands to; nil when it is not gzip.
    private func check(_ bytes: [UInt8], limit: Int = 1 << 30) throws -> Int? {
        let path = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard var check = try GzipCheck.open(path, maximumExpandedBytes: limit) else { return nil }
        while try check.advance() {}
        #expect(check.bytesRead == bytes.count && check.totalBytes == bytes.count)
        return check.expandedBytes
    }

    private func fault(_ bytes: [UInt8]) -> KVError.Code? {
        #expect(throws: KVError.self) { try check(bytes) }?.code
    }

    @Test("accepts whole files: one member or several, followed by zeros or not")
    func whole() throws {
        let member = try gzip(text)
        #expect(try check(member) == text.utf8.count)
        #expect(try check(member + gzip("") + gzip("x")) == text.utf8.count + 1)
        #expect(try check(member + [UInt8](repeating: 0, count: 10_240)) == text.utf8.count)
        #expect(try check(Array(text.utf8)) == nil)
    }

    @Test("finds that a file was cut off, wherever that is")
    func cut() throws {
        let first = try gzip(text)
        let bytes = try first + gzip("second")
        for length in 2..<bytes.count where length != first.count {
            #expect(fault(Array(bytes[..<length])) == .truncatedFile, "cut to \(length) bytes")
        }
    }

    @Test("finds every flipped bit behind the header, in each member")
    func flipped() throws {
        var random = Seeded(seed: 3)
        let first = try gzip(text)
        let bytes = try first + gzip(String(text.reversed()))
        // Headers, and the bytes with the bits that fill up the last byte of compressed data, which mean nothing.
        let unverified = [
            0..<10, first.count - 9..<first.count - 8, first.count..<first.count + 10,
            bytes.count - 9..<bytes.count - 8,
        ]
        for place in bytes.indices where !unverified.contains(where: { $0.contains(place) }) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            #expect(fault(damaged) == .truncatedFile, "byte \(place)")
        }
    }

    @Test("refuses what follows the last member")
    func trailing() throws {
        let member = try gzip(text)
        for rest: [UInt8] in [[1], [0, 0, 7], [0x1F], [0x1F, 0x8B], Array("garbage".utf8), [0] + member] {
            #expect(fault(member + rest) == .truncatedFile, "\(rest.prefix(10))")
        }
    }

    @Test("ends where the file expands too far")
    func expansion() throws {
        let bomb = try gzip([UInt8](repeating: 0x20, count: 3_000_000))
        #expect(try check(bomb, limit: 3_000_000) == 3_000_000)
        let error = #expect(throws: KVError.self) { try check(bomb, limit: 2_999_999) }
        #expect(error?.code == .expandsTooFar)
    }

    /// Files that are longer than a step reads.
    private enum LongFile: CaseIterable {
        case noise, emptyMembers, padding

        func bytes() throws -> [UInt8] {
            let count = GzipCheck.stepBytes * 5 / 2
            switch self {
            case .noise:
                var random = Seeded(seed: 4)
                return try (0..<count / 8).map { _ in random.next() }.withUnsafeBytes { try gzip(Array($0)) }
            case .emptyMembers:
                let member = try gzip("")
                return Array(repeatElement(member, count: count / member.count).joined())
            case .padding: return try gzip("x") + [UInt8](repeating: 0, count: count)
            }
        }
    }

    @Test("takes steps that are bounded in what they read and in what they expand", arguments: LongFile.allCases)
    private func steps(_ file: LongFile) throws {
        let bytes = try file.bytes()
        let path = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        guard var check = try GzipCheck.open(path, maximumExpandedBytes: .max) else {
            Issue.record("It is gzip.")
            return
        }
        var last = 0
        while try check.advance() {
            #expect(check.bytesRead > last && check.bytesRead - last <= GzipCheck.stepBytes + (1 << 20))
            last = check.bytesRead
        }
        #expect(check.bytesRead == bytes.count && last < bytes.count)
    }
}
