import KVFiles
import KVModel
import Synchronization

/// What a job is about to change, written down before it does: a file of frames that grows at its end.
///
/// It serves twice. After a crash it tells which batch was at work and what of it had been seen, so that the batch is done
/// again and nothing counted twice; and it holds what was there before, so that the job can be undone.
///
/// **Concurrency.** Blocks; meant for threads that may. One batch at a time.
final class Journal: Sendable {
    /// Changes are gathered up to so many bytes before they are written.
    private static let portion = 1 << 20

    private struct State {
        var changes: [UInt8] = []
        var annotations: [UInt8] = []
        var count: Int
        var sinceSeal = false
        var pending: PendingBatch
        var keepsPreImages: Bool
        /// The length up to which the job's checkpoint reaches.
        var settledBytes = 0
    }

    private let file: OutputFile
    private let state: Mutex<State>
    /// Less the reserve.
    private let freeBytes: @Sendable () -> Int

    /// Opens a job's journal, or makes it. What was written behind the checkpoint and never sealed is cut off.
    init(
        path: String, checkpoint: JobCheckpoint?, keepsPreImages: Bool,
        freeBytes: @escaping @Sendable () -> Int
    ) throws {
        let pending = try PendingBatch(path: path, behind: checkpoint?.journalBytes ?? 0)
        file = try OutputFile(path: path, keeping: pending.end)
        let count = (checkpoint?.journalChanges ?? 0) + pending.changes
        state = Mutex(State(count: count, pending: pending, keepsPreImages: keepsPreImages))
        self.freeBytes = freeBytes
    }

    var bytes: Int { file.bytes }
    /// How many changes it holds.
    var count: Int { state.withLock { $0.count } }
    /// What it holds behind the job's checkpoint: the batch that was at work when the program died, until `settle`.
    var pending: PendingBatch { state.withLock { $0.pending } }
    /// Whether what is replaced or deleted is kept where that takes requests.
    var keepsPreImages: Bool {
        get { state.withLock { $0.keepsPreImages } }
        set { state.withLock { $0.keepsPreImages = newValue } }
    }

    /// The batch that was pending is done, and the job's checkpoint is stored.
    func settle() {
        state.withLock { state in
            state.pending.clear()
            state.settledBytes = file.bytes
        }
    }

    /// Without pre-images, nobody reads the batches before this one again: their room is given back to the disk first, so that
    /// deletions on a full disk do not use up its reserve.
    func note(_ batch: JournaledBatch) throws {
        let (settledBytes, keepsPreImages) = state.withLock { ($0.settledBytes, $0.keepsPreImages) }
        if !keepsPreImages, settledBytes > 0 { file.discard(upTo: settledBytes) }
        _ = try file.append(try JournalFrame.encode(batch), usesReserve: true)
        state.withLock { $0.sinceSeal = true }
    }

    func note(_ change: Change) throws {
        try state.withLock { state in
            try change.append(to: &state.changes)
            state.count += 1
            state.sinceSeal = true
            if state.changes.count >= Self.portion { try write(&state) }
        }
    }

    func note(_ change: AnnotationChanged) throws {
        try state.withLock { state in
            try change.append(to: &state.annotations)
            state.count += 1
            state.sinceSeal = true
            if state.annotations.count >= Self.portion { try write(&state) }
        }
    }

    /// Returns when everything noted lies on the disk. Throws `disk_full` while there is still some room left.
    func seal() throws {
        try state.withLock { state in
            guard state.sinceSeal else { return }
            try write(&state)
            _ = try file.append(JournalFrame.encodedSeal, usesReserve: true)
            try file.synchronize()
            state.sinceSeal = false
        }
    }

    private func write(_ state: inout State) throws {
        guard !state.changes.isEmpty || !state.annotations.isEmpty else { return }
        guard freeBytes() > 0 else {
            throw KVError(
                .diskFull,
                "The disk is nearly full, so what this job would change cannot be kept for undoing it. Free some space, or "
                    + "start the job with \"undoable\": false.")
        }
        if !state.annotations.isEmpty {
            _ = try file.append(JournalFrame.encode(annotations: state.annotations), usesReserve: true)
        }
        if !state.changes.isEmpty {
            _ = try file.append(JournalFrame.encode(changes: state.changes), usesReserve: true)
        }
        state.annotations.removeAll(keepingCapacity: true)
        state.changes.removeAll(keepingCapacity: true)
    }
}
