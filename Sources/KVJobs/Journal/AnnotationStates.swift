import Foundation
import KVModel

/// The annotation of one key before a change and after it.
struct AnnotationStates: Hashable, Sendable {
    var before: Annotation
    var after: Annotation

    init(before: Annotation, after: Annotation) {
        self.before = before
        self.after = after
    }

    // MARK: In a journal

    func append(to bytes: inout [UInt8]) throws {
        for annotation in [before, after] {
            let json = try JSONEncoder().encode(JournaledAnnotation(annotation))
            bytes.append(littleEndian: UInt32(json.count))
            bytes += json
        }
    }

    init(_ reader: inout JournalBytes) throws {
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
