import Foundation
import KVModel

/// A batch as its source gave it, kept because the source would not give it again: a listing of keys that the job deletes.
struct JournaledBatch: Hashable, Sendable {
    var keys: [Key]
    /// Named keys that were not there.
    var missing: [Key]
    var position: SourcePosition?
    var skipped: Int

    func append(to bytes: inout [UInt8]) throws {
        let position = try JSONEncoder().encode(position)
        bytes.append(littleEndian: UInt32(position.count))
        bytes += position
        bytes.append(littleEndian: UInt64(skipped))
        for keys in [keys, missing] {
            bytes.append(littleEndian: UInt32(keys.count))
            for key in keys {
                bytes.append(littleEndian: UInt32(key.bytes.count))
                bytes += key.bytes
            }
        }
    }

    init(keys: [Key], missing: [Key], position: SourcePosition?, skipped: Int) {
        self.keys = keys
        self.missing = missing
        self.position = position
        self.skipped = skipped
    }

    init(_ reader: inout JournalBytes) throws {
        let json = try reader.bytes(Int(try reader.number(UInt32.self)))
        position = try JSONDecoder().decode(SourcePosition?.self, from: Data(json))
        guard position?.isPossible ?? true, let skipped = Int32(exactly: try reader.number(UInt64.self)) else {
            throw JournalBytes.damaged
        }
        self.skipped = Int(skipped)
        keys = try Self.keys(&reader)
        missing = try Self.keys(&reader)
    }

    private static func keys(_ reader: inout JournalBytes) throws -> [Key] {
        // No room is reserved by a number that may be damaged.
        var keys: [Key] = []
        for _ in 0..<(try reader.number(UInt32.self)) {
            keys.append(Key(stored: try reader.bytes(Int(try reader.number(UInt32.self)))))
        }
        return keys
    }
}
