import Foundation
import KVModel

/// What a job does to the tags of one key.
struct TagsChanged: Hashable, Sendable {
    var side: Change.Side
    var key: Key
    var before: [String]
    var after: [String]

    init(side: Change.Side, key: Key, before: [String], after: [String]) {
        self.side = side
        self.key = key
        self.before = before
        self.after = after
    }

    // MARK: In a journal

    func append(to bytes: inout [UInt8]) throws {
        bytes.append(side.rawValue)
        bytes.append(littleEndian: UInt32(key.bytes.count))
        bytes += key.bytes
        for tags in [before, after] {
            let json = try JSONEncoder().encode(tags)
            bytes.append(littleEndian: UInt32(json.count))
            bytes += json
        }
    }

    init(_ reader: inout JournalBytes) throws {
        guard let side = Change.Side(rawValue: try reader.number(UInt8.self)) else { throw JournalBytes.damaged }
        self.side = side
        key = Key(stored: try reader.bytes(Int(try reader.number(UInt32.self))))
        before = try Self.tags(&reader)
        after = try Self.tags(&reader)
    }

    private static func tags(_ reader: inout JournalBytes) throws -> [String] {
        let json = try reader.bytes(Int(try reader.number(UInt32.self)))
        return try JSONDecoder().decode([String].self, from: Data(json))
    }
}
