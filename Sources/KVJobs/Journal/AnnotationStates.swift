import Foundation
import KVModel

/// The annotation of one key before a change and after it.
struct AnnotationStates: Hashable, Sendable {
    var before: Annotation
    var after: Annotation

    /// What brings back the parts that were changed.
    var undoing: AnnotationChange {
        AnnotationChange(
            tags: before.tags == after.tags ? nil : before.tags,
            color: before.color == after.color ? nil : .some(before.color),
            customMetadata: before.customMetadata == after.customMetadata ? nil : .some(before.customMetadata))
    }

    /// Whether each part that was changed is as it was left, or is back already.
    func areLeft(in annotation: Annotation) -> Bool {
        func isLeft<Part: Equatable>(_ part: KeyPath<Annotation, Part>) -> Bool {
            before[keyPath: part] == after[keyPath: part]
                || annotation[keyPath: part] == after[keyPath: part]
                || annotation[keyPath: part] == before[keyPath: part]
        }
        return isLeft(\.tags) && isLeft(\.color) && isLeft(\.customMetadata)
    }
}

/// In a journal.
extension AnnotationStates {
    func append(to bytes: inout [UInt8]) throws {
        for annotation in [before, after] {
            let isOnlyTags = annotation == Annotation(tags: annotation.tags)
            let json =
                try isOnlyTags
                ? JSONEncoder().encode(annotation.tags) : JSONEncoder().encode(JournaledAnnotation(annotation))
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
        // Tags alone are a list.
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
