import KVModel

/// One change in a journal: side, flags, the key, what was before (value, metadata, expiration), the mark of what
/// is after, and the annotation before and after.
extension Change {
    private enum Flag {
        static let before: UInt8 = 1
        static let metadata: UInt8 = 2
        static let expiration: UInt8 = 4
        static let after: UInt8 = 8
        static let annotation: UInt8 = 16
    }

    func append(to bytes: inout [UInt8]) throws {
        bytes.append(side.rawValue)
        bytes.append(flags)
        bytes.append(littleEndian: UInt32(key.bytes.count))
        bytes += key.bytes
        if let before {
            bytes.append(littleEndian: UInt32(before.value.count))
            bytes += before.value
            if let metadata = before.metadata {
                bytes.append(littleEndian: UInt32(metadata.json.count))
                bytes += metadata.json
            }
            if let expiration = before.expiration { bytes.append(littleEndian: expiration.seconds) }
        }
        if let after {
            bytes.append(littleEndian: after.first)
            bytes.append(littleEndian: after.second)
        }
        try annotation?.append(to: &bytes)
    }

    private var flags: UInt8 {
        (before == nil ? 0 : Flag.before) | (before?.metadata == nil ? 0 : Flag.metadata)
            | (before?.expiration == nil ? 0 : Flag.expiration) | (after == nil ? 0 : Flag.after)
            | (annotation == nil ? 0 : Flag.annotation)
    }

    init(_ reader: inout JournalBytes) throws {
        guard let side = Side(rawValue: try reader.number(UInt8.self)) else { throw JournalBytes.damaged }
        self.side = side
        let flags = try reader.number(UInt8.self)
        key = Key(stored: try reader.bytes(Int(try reader.number(UInt32.self))))
        if flags & Flag.before != 0 {
            var entry = Entry(key: key, value: try reader.bytes(Int(try reader.number(UInt32.self))))
            if flags & Flag.metadata != 0 {
                entry.metadata = Metadata(stored: try reader.bytes(Int(try reader.number(UInt32.self))))
            }
            if flags & Flag.expiration != 0 {
                entry.expiration = Expiration(stored: try reader.number(Int64.self))
            }
            before = entry
        }
        if flags & Flag.after != 0 {
            after = ContentMark(first: try reader.number(UInt64.self), second: try reader.number(UInt64.self))
        }
        if flags & Flag.annotation != 0 { annotation = try AnnotationStates(&reader) }
    }
}
