package import KVModel

/// One entry as a file holds it.
package struct Record: Sendable, Hashable {
    /// Where it begins in the file, the first line being 1.
    package var line: Int
    package var key: Key
    package var value: [UInt8]
    package var metadata: Metadata?
    /// Past or not; a TTL counts from the time of reading.
    package var expiration: Expiration?
    /// What the file mentions of it, tags as they stand there.
    package var annotation: AnnotationChange

    package init(
        line: Int, key: Key, value: [UInt8], metadata: Metadata? = nil, expiration: Expiration? = nil,
        annotation: AnnotationChange = AnnotationChange()
    ) {
        self.line = line
        self.key = key
        self.value = value
        self.metadata = metadata
        self.expiration = expiration
        self.annotation = annotation
    }
}

/// A record that cannot be taken, while those after it can.
package struct BadRecord: Sendable, Hashable {
    package var line: Int
    /// As far as it could be made out; of a name that is too long, the beginning.
    package var key: String?
    /// Its detail does not name the line.
    package var error: KVError

    package init(line: Int, key: String?, error: KVError) {
        self.line = line
        self.key = key
        self.error = error
    }
}

/// What was read in one go, each part in the order of the file.
package struct RecordBatch: Sendable, Hashable {
    package internal(set) var records: [Record] = []
    package internal(set) var failures: [BadRecord] = []
    /// Of all values together.
    package internal(set) var valueBytes = 0

    package var count: Int { records.count + failures.count }
    package var isEmpty: Bool { records.isEmpty && failures.isEmpty }

    mutating func add(_ record: Record) {
        valueBytes += record.value.count
        records.append(record)
    }
}

/// How far a file has been read.
package struct Checkpoint: Codable, Hashable, Sendable {
    /// Bytes of the text (expanded, if it is gzipped) before the next record.
    package var offset: Int
    /// The line on which reading goes on.
    package var line: Int
    /// How many records were read, bad ones among them.
    package var records: Int
    /// Of JSON text; nil in checkpoints of earlier versions.
    package internal(set) var place: ValuePlace?
    /// What was left out so far; nil if nothing was.
    package internal(set) var omissions: Omissions?

    package static let start = Checkpoint(offset: 0, line: 1, records: 0)

    package init(offset: Int, line: Int, records: Int) {
        self.offset = offset
        self.line = line
        self.records = records
    }
}
