import Foundation
import HTTPTypes
import Hummingbird
import KVJobs
import KVModel
import KVTransfer
import NIOPosix

/// Files of keys, for jobs that are to take just those.
struct KeyListRoutes {
    /// `text`: a key a line. The others: files of entries, of which the keys count.
    private enum Format: String, CaseIterable {
        case text, ndjson, json, csv, wrangler
    }

    let jobs: Jobs

    func add(to router: RouteTable) {
        router.post("/api/key-lists", use: create)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let format = try Query(request).choice("format", Format.self) ?? .text
        let path = jobs.files.temporary()
        defer { jobs.files.discard(path) }
        try await Upload(to: path, freeBytes: jobs.files.freeBytes()).receive(request.body)
        let list = try await NIOThreadPool.singleton.runIfActive { [jobs] in
            try KeyListFile(path: path, format: FileFormat(rawValue: format.rawValue)).read(into: jobs)
        }
        return .json(.created) { json in
            json.member("list", "\(list.number)")
            json.member("keys", list.count)
        }
    }
}

/// An uploaded file of keys. Blocks.
private struct KeyListFile {
    private static let keysAtOnce = 10_000

    let path: String
    /// Nil: a key a line.
    let format: FileFormat?

    /// A new list in the ledger. Throws `invalid_key` or `invalid_record` with the first line that holds no key, and makes
    /// nothing then.
    func read(into jobs: Jobs) throws -> (number: Int64, count: Int) {
        let number = try jobs.newSelection()
        do {
            try each { keys in try jobs.add(keys, toSelection: number) }
            let count = try jobs.keyCount(ofSelection: number)
            guard count > 0 else { throw KVError(.invalidRequest, "The file names no key.") }
            return (number, count)
        } catch {
            // Should this fail too, the next start drops what belongs to no job.
            try? jobs.dropSelection(number)
            throw error
        }
    }

    private func each(_ take: ([Key]) throws -> Void) throws {
        if let format { try eachOfEntries(format, take) } else { try eachLine(take) }
    }

    private func eachLine(_ take: ([Key]) throws -> Void) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        var keys: [Key] = []
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !bytes.isEmpty else { continue }
            guard bytes.count <= Key.maximumBytes else { throw tooLong(line: index + 1) }
            do throws(KVError) {
                keys.append(try Key(utf8: Array(bytes)))
            } catch {
                throw KVError(error.code, "Line \(index + 1): \(error.detail)")
            }
            if keys.count == Self.keysAtOnce {
                try take(keys)
                keys.removeAll(keepingCapacity: true)
            }
        }
        try take(keys)
    }

    private func tooLong(line: Int) -> KVError {
        KVError(.invalidKey, "Line \(line) has more than the \(Key.maximumBytes) bytes that a key may have.")
    }

    private func eachOfEntries(_ format: FileFormat, _ take: ([Key]) throws -> Void) throws {
        var reader = try RecordReader(path: path, format: format, now: 0, maximumExpandedBytes: .max)
        while true {
            let batch = try reader.next(limit: Self.keysAtOnce, bytes: 16 << 20)
            guard !batch.isEmpty else { return }
            if let bad = batch.failures.first {
                throw KVError(.invalidRecord, "Line \(bad.line): \(bad.error.detail)")
            }
            try take(batch.records.map(\.key))
        }
    }
}
