import Foundation
import KVModel
import KVTransfer

/// Where a job goes on after its last finished batch.
struct JobCheckpoint: Hashable, Codable, Sendable {
    var source: SourcePosition
    /// The length of the file that the job writes, and the records in it.
    var outputBytes = 0
    var outputRecords = 0
    /// The length of the job's journal, and the changes in it.
    var journalBytes = 0
    var journalChanges = 0

    init(source: SourcePosition) {
        self.source = source
    }

    func storedText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Throws `internal_error` for one that is damaged.
    init(stored json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        guard source.isPossible, [outputBytes, outputRecords, journalBytes, journalChanges].allSatisfy(\.isPossible)
        else { throw KVError(.internalError, "The record of how far the job is is damaged.") }
    }
}

/// How far a source has been read.
enum SourcePosition: Hashable, Codable, Sendable {
    case start
    /// An engine's listing.
    case cursor(String)
    /// Keys named one by one: the last one taken.
    case key(String)
    case file(Checkpoint)
    /// A journal that is read backwards: up to here it is still to be read.
    case journal(Int)
    /// Everything has been read.
    case end

    /// Whether one can calculate with its numbers.
    var isPossible: Bool {
        switch self {
        case .start, .cursor, .key, .end: true
        case .file(let checkpoint):
            checkpoint.offset.isPossible && checkpoint.line.isPossible && checkpoint.records.isPossible
        case .journal(let offset): offset.isPossible
        }
    }
}

extension Int {
    /// Whether this may be a length or a count.
    fileprivate var isPossible: Bool { (0...(1 << 53)).contains(self) }
}
