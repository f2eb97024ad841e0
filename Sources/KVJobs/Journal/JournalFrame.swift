import CZlib
import KVModel

/// A part of a journal: as much as was written in one go.
///
/// On the disk: the length of the content (4 bytes, little-endian as all numbers), its CRC-32, the content (a byte that
/// tells its kind, and what belongs to that), and the length once more, so that a journal can be read from its end.
enum JournalFrame: Hashable, Sendable {
    /// The keys of the batch that comes, and what else its source said of it.
    case batch(JournaledBatch)
    case changes([Change])
    /// Annotations that keys are about to lose or change.
    case annotations([AnnotationChanged])
    /// Everything before this lies safe, and may be applied from here on.
    case seal

    /// Around the content.
    static let frameBytes = 12

    private enum Kind {
        static let batch: UInt8 = 1
        static let changes: UInt8 = 2
        static let seal: UInt8 = 3
        static let annotations: UInt8 = 4
    }

    static func encode(_ batch: JournaledBatch) throws -> [UInt8] {
        var content: [UInt8] = [Kind.batch]
        try batch.append(to: &content)
        return framed(content)
    }

    static var encodedSeal: [UInt8] { framed([Kind.seal]) }

    /// Of changes that lie encoded one after the other.
    static func encode(changes: [UInt8]) -> [UInt8] { framed([Kind.changes] + changes) }

    static func encode(annotations: [UInt8]) -> [UInt8] { framed([Kind.annotations] + annotations) }

    private static func framed(_ content: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(content.count + frameBytes)
        frame.append(littleEndian: UInt32(content.count))
        frame.append(littleEndian: checksum(content[...]))
        frame += content
        frame.append(littleEndian: UInt32(content.count))
        return frame
    }

    static func checksum(_ content: ArraySlice<UInt8>) -> UInt32 {
        content.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// Throws `internal_error` when the content is none.
    init(content: ArraySlice<UInt8>) throws {
        var reader = JournalBytes(content)
        switch try reader.number(UInt8.self) {
        case Kind.batch: self = .batch(try JournaledBatch(&reader))
        case Kind.changes:
            var changes: [Change] = []
            while !reader.isAtEnd { changes.append(try Change(&reader)) }
            self = .changes(changes)
        case Kind.annotations:
            var changes: [AnnotationChanged] = []
            while !reader.isAtEnd { changes.append(try AnnotationChanged(&reader)) }
            self = .annotations(changes)
        case Kind.seal: self = .seal
        default: throw JournalBytes.damaged
        }
    }
}

/// Takes numbers and bytes off the front of a journal's content.
struct JournalBytes {
    static let damaged = KVError(
        .internalError, "The record of what the job has changed is damaged.", cause: "A frame of a journal is no frame."
    )

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
        let bytes = try self.bytes(MemoryLayout<Number>.size)
        return bytes.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard rest.count >= count else { throw Self.damaged }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
