import GRDB
import KVFiles
package import KVModel
import SQLiteFile
import Synchronization

extension SQLiteEngine {
    package func writeValue(
        _ body: any AsyncSequence<[UInt8], any Error> & Sendable, of info: KeyInfo, in namespace: NamespaceID,
        when condition: WriteCondition
    ) async throws -> WriteOutcome {
        try await checkWritable(namespace)
        var value = LargeValue(engine: self)
        do {
            for try await bytes in body { try await value.append(bytes) }
            let outcome = try await value.link(info, in: namespace, when: condition)
            if outcome == .unmet { await value.abandon() }
            return outcome
        } catch {
            await value.abandon()
            throw error
        }
    }
}

extension SQLiteEngine {
    /// Clears away values whose writing was cut off by the end of the program, one at a time.
    func dropUnfinished() async throws {
        while let id = unfinished.withLock({ $0.last }) {
            try await write { db in try LargeValue.drop(id, in: db) }
            unfinished.withLock { $0.removeAll { $0 == id } }
        }
    }
}

/// A value that arrives piece by piece. Up to one piece it waits in memory; beyond that pieces go to the disk, under ids
/// noted as staged, until the last has come and the entry is put upon them in one transaction.
struct LargeValue {
    private let engine: SQLiteEngine
    private var pending: [UInt8] = []
    private var size = 0
    private var firstID: Int?
    private var storedPieces = 0

    init(engine: SQLiteEngine) {
        self.engine = engine
    }

    /// Throws `value_too_large` as soon as there are more than 25 MiB.
    mutating func append(_ bytes: [UInt8]) async throws {
        size += bytes.count
        guard size <= Entry.maximumValueBytes else { throw KVError.tooLarge() }
        pending += bytes
        while pending.count > Schema.pieceBytes {
            try await store(Array(pending[..<Schema.pieceBytes]))
            pending.removeFirst(Schema.pieceBytes)
        }
    }

    mutating func link(
        _ info: KeyInfo, in namespace: NamespaceID, when condition: WriteCondition
    ) async throws -> WriteOutcome {
        let now = engine.clock.now
        guard let firstID else {
            let entry = Entry(key: info.key, value: pending, metadata: info.metadata, expiration: info.expiration)
            return try await engine.write([entry], in: namespace, when: condition)[0]
        }
        try await store(pending)
        var whole = info
        whole.size = size
        return try await engine.write { [whole] db in
            var batch = try BatchWrite(in: namespace, of: db, now: now)
            let outcome = try batch.put(whole, id: firstID, when: condition) { _ in }
            guard outcome != .unmet else { return outcome }
            try db.execute(sql: "DELETE FROM staged WHERE value_id = ?", arguments: [firstID])
            try batch.finish()
            return outcome
        }
    }

    private mutating func store(_ piece: [UInt8]) async throws {
        let id: Int
        if let firstID { id = firstID } else { id = try await reserve() }
        firstID = id
        let row = id + storedPieces
        try await engine.write { [reserve = engine.reserve] db in
            try reserve.requireRoom()
            let statement = try db.statement("INSERT INTO value (id, bytes) VALUES (?1, ?2)")
            statement.bind(row, at: 1)
            statement.bind(piece, at: 2)
            try statement.run()
        }
        storedPieces += 1
    }

    private func reserve() async throws -> Int {
        try await engine.write { db in
            let id = try ValueSequence.next(in: db)
            try ValueSequence.set(id + Schema.pieces(of: Entry.maximumValueBytes), in: db)
            try db.execute(sql: "INSERT INTO staged VALUES (?)", arguments: [id])
            return id
        }
    }

    /// Takes back what has been stored. Should this fail too, the next start does it.
    func abandon() async {
        guard let firstID else { return }
        try? await engine.write { db in try Self.drop(firstID, in: db) }
    }

    /// The first ids of values that are being written, or were when the program ended.
    static func unfinished(in db: Database) throws -> [Int] {
        try Int.fetchAll(db, sql: "SELECT value_id FROM staged")
    }

    static func drop(_ firstID: Int, in db: Database) throws {
        try ValueSequence.drop(firstID..<firstID + Schema.pieces(of: Entry.maximumValueBytes), in: db)
        try db.execute(sql: "DELETE FROM staged WHERE value_id = ?", arguments: [firstID])
    }
}
