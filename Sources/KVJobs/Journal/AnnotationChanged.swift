import KVModel

/// What a job does to the annotation of one key, whose entry it leaves as it is.
struct AnnotationChanged: Hashable, Sendable {
    var side: Change.Side
    var key: Key
    var states: AnnotationStates
}

/// In a journal.
extension AnnotationChanged {
    func append(to bytes: inout [UInt8]) throws {
        bytes.append(side.rawValue)
        bytes.append(littleEndian: UInt32(key.bytes.count))
        bytes += key.bytes
        try states.append(to: &bytes)
    }

    init(_ reader: inout JournalBytes) throws {
        guard let side = Change.Side(rawValue: try reader.number(UInt8.self)) else { throw JournalBytes.damaged }
        self.side = side
        key = Key(stored: try reader.bytes(Int(try reader.number(UInt32.self))))
        states = try AnnotationStates(&reader)
    }
}
