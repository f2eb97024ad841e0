import KVModel
import KVTransfer
import NIOCore

/// What bulk writes and deletions send.
enum BulkBody {
    /// Of the 100 MB that Cloudflare takes, with room for what stands around values.
    private static let putBytes = 90_000_000
    private static let putPairs = 10_000
    /// Around the parts of an entry in JSON.
    private static let frame = 96

    /// As many as one request takes, one at least.
    static func portion(of entries: ArraySlice<Entry>) -> ArraySlice<Entry> {
        var bytes = 0
        let end = entries.prefix(putPairs).firstIndex { entry in
            defer { bytes += size(of: entry) }
            return bytes > 0 && bytes + size(of: entry) > putBytes
        }
        return entries[..<(end ?? min(entries.startIndex + putPairs, entries.endIndex))]
    }

    /// An upper bound: what takes more than a third more as text goes as base64.
    private static func size(of entry: Entry) -> Int {
        frame + entry.key.bytes.count * 2 + entry.value.count * 4 / 3 + (entry.metadata?.json.count ?? 0)
    }

    static func putting(_ entries: [Entry]) throws -> ByteBuffer {
        var writer = RecordWriter(format: .wrangler, isGzipped: false)
        var body = ByteBuffer(bytes: try writer.batch(entries))
        body.writeBytes(try writer.end())
        return body
    }

    static func deleting(_ keys: [Key]) -> ByteBuffer {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(keys.reduce(16) { $0 + $1.bytes.count + 4 })
        bytes.append(UInt8(ascii: "["))
        for (index, key) in keys.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSONString(key.bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return ByteBuffer(bytes: bytes)
    }
}
