import CZlib
import KVModel
import KVTransfer
import Testing

@Suite("Reading gzip")
struct GzipTests {
    private let lines = (0..<50).map { "{\"key\":\"\($0)\",\"value\":\"value \($0)\"}\n" }

    @Test("goes through all members", arguments: [1, 7, 64, 4_096])
    func readsMembers(chunkBytes: Int) throws {
        let bytes = try lines.flatMap { try gzip($0) } + gzip("") + gzip("{\"key\":\"last\",\"value\":\"\"}")
        let reading = try read(bytes, chunkBytes: chunkBytes)
        #expect(reading.keys == (0..<50).map(String.init) + ["last"] && reading.ending == nil)
    }

    @Test("goes through members that divide a record")
    func readsDividedRecords() throws {
        let reading = try read(
            try gzip("{\"key\":\"a\",") + gzip("\"value\":\"1\"}\n{\"key\"") + gzip(":\"b\",\"value\":\"2\"}"))
        #expect(reading.keys == ["a", "b"])
    }

    @Test("ends with an error where the file is cut off, after the records before that", arguments: [1, 20, 64])
    func reportsTruncation(chunkBytes: Int) throws {
        let bytes = try gzip(lines[..<25].joined()) + gzip(lines[25...].joined())
        for length in stride(from: 12, to: bytes.count, by: 5) {
            guard let reading = try? read(Array(bytes[..<length]), as: .ndjson, chunkBytes: chunkBytes) else {
                continue
            }
            let firstMember = try gzip(lines[..<25].joined()).count
            if length == firstMember { continue }
            #expect(reading.ending?.code == .truncatedFile)
            #expect(reading.keys == (0..<reading.records.count).map(String.init) && reading.failures.isEmpty)
            if length > firstMember { #expect(reading.records.count >= 25) }
        }
    }

    @Test("ends with an error where something else follows, after all records", arguments: [1, 64, 4_096])
    func reportsGarbage(chunkBytes: Int) throws {
        for garbage: [UInt8] in [
            [0x78], [0, 0, 1], Array("garbage behind the end".utf8), [0x1F, 0x8B], [0x1F, 0x8C, 8, 0],
        ] {
            let reading = try read(try gzip(lines.joined()) + garbage, chunkBytes: chunkBytes)
            #expect(reading.records.count == 50 && reading.ending?.code == .truncatedFile)
        }
    }

    @Test("ends where only zeros follow", arguments: [1, 64, 4_096])
    func acceptsPadding(chunkBytes: Int) throws {
        for count in [1, 2, 511, 10_000] {
            let bytes = try gzip(lines.joined()) + [UInt8](repeating: 0, count: count)
            let reading = try read(bytes, chunkBytes: chunkBytes)
            #expect(reading.records.count == 50 && reading.ending == nil)
        }
    }

    @Test("ends with an error where the checksum does not fit")
    func reportsDamage() throws {
        var bytes = try gzip(lines.joined())
        bytes[bytes.count - 6] ^= 1
        let reading = try read(bytes)
        #expect(reading.records.count == 50 && reading.ending?.code == .truncatedFile)
    }

    @Test("ends with an error once it has expanded to more bytes than allowed", arguments: [1, 64, 4_096])
    func limitsExpansion(chunkBytes: Int) throws {
        let text = lines.joined()
        let exact = try read(try gzip(text), expandingTo: text.utf8.count, chunkBytes: chunkBytes)
        #expect(exact.records.count == 50 && exact.ending == nil)
        let over = try read(try gzip(text), expandingTo: text.utf8.count - 1, chunkBytes: chunkBytes)
        #expect(over.records.count == 49 && over.ending?.code == .expandsTooFar)
        let early = try read(try gzip(text), expandingTo: lines[0].utf8.count * 3, chunkBytes: chunkBytes)
        #expect(early.keys == ["0", "1", "2"] && early.ending?.code == .expandsTooFar)
    }

    @Test("stops at a bomb before it has expanded")
    func stopsAtBomb() throws {
        let member = try gzip([UInt8](repeating: 0x20, count: 10_000_000))
        let bomb = (0..<20).flatMap { _ in member }
        let error = #expect(throws: KVError.self) {
            try read(bomb, as: .ndjson, expandingTo: 50_000_000, chunkBytes: 1 << 16)
        }
        #expect(error?.code == .expandsTooFar)
    }

    @Test("does not limit plain files")
    func leavesPlainFiles() throws {
        #expect(try read(Array(lines.joined().utf8), expandingTo: 10).records.count == 50)
    }
}

/// One gzip member.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
        &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw KVError(.internalError, "zlib \(status)") }
    defer { deflateEnd(&stream) }
    var input = bytes
    return input.withUnsafeMutableBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 64) { output, count in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, Z_FINISH)
            count = output.count - Int(stream.avail_out)
        }
    }
}
