import Foundation
import KVModel

/// What a job does to the annotation of one key.
struct AnnotationChanged: Hashable, Sendable {
    var side: Change.Side
    var key: Key
    var before: Annotation
    var after: Annotation

    init(side: Change.Side, key: Key, before: Annotation, after: Annotation) {
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
        for annotation in [before, after] {
            let json = try JSONEncoder().encode(JournaledAnnotation(annotation))
            bytes.append(littleEndian: UInt32(json.count))
            bytes += json
        }
    }

    init(_ reader: inout JournalBytes) throws {
        guard let side = Change.Side(rawValue: try reader.number(UInt8.self)) else { throw JournalBytes.damaged }
        self.side = side
        key = Key(stored: try reader.bytes(Int(try reader.number(UInt32.self))))
        before = try Self.annotation(&reader)
        after = try Self.annotation(&reader)
    }

    private static func annotation(_ reader: inout JournalBytes) throws -> Annotation {
        let json = Data(try reader.bytes(Int(try reader.number(UInt32.self))))
        // Up to version 0.2 an annotation was its tags.
        if json.first == UInt8(ascii: "[") {
            return Annotation(tags: try JSONDecoder().decode([String].self, from: json))
        }
        return try JSONDecoder().decode(JournaledAnnotation.self, from: json).annotation
    }
}

private struct JournaledAnnotation: Codable {
    var tags: [String]
    var color: String?
    var customMetadata: Data?

    init(_ annotation: Annotation) {
        tags = annotation.tags
        color = annotation.color?.rawValue
        customMetadata = annotation.customMetadata.map { Data($0.json) }
    }

    var annotation: Annotation {
        Annotation(
            tags: tags, color: color.flatMap { Annotation.Color(rawValue: $0) },
            customMetadata: customMetadata.map { Metadata(stored: Array($0)) })
    }
}
