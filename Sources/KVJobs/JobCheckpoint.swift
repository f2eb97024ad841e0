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
}
