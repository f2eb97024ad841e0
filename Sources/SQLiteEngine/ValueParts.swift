import Synchronization

/// Part of a row in which a piece of a value is stored.
struct ValuePart {
    var row: Int
    var offset: Int
    var count: Int
    /// The connection that reads it reads no other part of its row after it.
    var isLastOnConnection: Bool
}

/// The parts of a large value, given out one by one. A stream's closure cannot hold a variable of its own.
///
/// The first is read on the connection that found the entry, and the others on one of the stream's own choice.
final class ValueParts: Sendable {
    private let valueID: Int
    private let size: Int
    private let position = Atomic(0)

    init(of entry: StoredEntry) {
        valueID = entry.valueID
        size = entry.size
    }

    func next() -> ValuePart? {
        let start = position.load(ordering: .relaxed)
        guard start < size else { return nil }
        let offset = start % Schema.pieceBytes
        let count = min(Schema.streamedBytes, Schema.pieceBytes - offset, size - start)
        position.store(start + count, ordering: .relaxed)
        let endsRow = offset + count == Schema.pieceBytes || start + count == size
        return ValuePart(
            row: valueID + start / Schema.pieceBytes, offset: offset, count: count,
            isLastOnConnection: start == 0 || endsRow)
    }
}
