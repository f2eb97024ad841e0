import Foundation
package import KVLedger

/// The kinds of jobs that the program has.
package struct JobKinds: Sendable {
    private let types: [any JobKind.Type]

    package init(_ types: [any JobKind.Type]) {
        self.types = types
    }

    /// In the order in which they were registered.
    package var names: [String] { types.map { $0.name } }

    /// Returns nil for a kind that the program does not have.
    package func kind(named name: String) -> (any JobKind.Type)? {
        types.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    // MARK: Stored specifications

    /// `{"copy": {…}}`; from version 2 on `{"copy@2": {…}}`. Releases of version 0.2.0 and later read a job whose label they
    /// do not have as one of a newer version.
    static func storedText<Kind: JobKind>(of specification: Kind) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let label = Kind.version == 1 ? Kind.storedName : "\(Kind.storedName)@\(Kind.version)"
        return String(decoding: try encoder.encode([label: specification]), as: UTF8.self)
    }

    /// Returns nil for a kind or a version that this release does not have.
    fileprivate func kind(labelled label: String) -> (any JobKind.Type)? {
        let parts = label.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let version = parts.count == 1 ? 1 : Int(parts[1]) ?? 0
        return types.first { $0.storedName.utf8.elementsEqual(parts[0].utf8) && (1...$0.version).contains(version) }
    }
}

extension JobKinds: JobWorkReader {
    package func work(ofKind kind: String, stored text: String) -> any JobWork {
        let stored = try? JSONDecoder().decode(StoredWork.self, from: Data(text.utf8), configuration: self)
        guard let stored else { return UnknownWork(kindName: kind, text: text) }
        return stored.specification
    }
}

/// An object with one member: the label of a kind, and a specification of that kind.
private struct StoredWork: DecodableWithConfiguration {
    private struct Label: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let specification: any JobKind

    init(from decoder: any Decoder, configuration kinds: JobKinds) throws {
        let container = try decoder.container(keyedBy: Label.self)
        guard container.allKeys.count == 1, let label = container.allKeys.first,
            let kind = kinds.kind(labelled: label.stringValue)
        else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "Unknown kind of job"))
        }
        specification = try container.decode(kind, forKey: label)
    }
}
