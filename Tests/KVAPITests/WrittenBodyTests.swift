import Foundation
import KVJobs
import KVLedger
import KVModel
import KVTransfer
import Testing

@testable import KVAPI
@testable import KVServer

@Suite("Bodies that the server writes")
struct WrittenBodyTests {
    private let annotation = Annotation(tags: ["t"], color: .red, customMetadata: try? Metadata(json: Array("1".utf8)))

    private func info() throws -> KeyInfo {
        KeyInfo(
            key: try Key(utf8: Array("k".utf8)), size: 1, metadata: try Metadata(json: Array("1".utf8)),
            expiration: Expiration(stored: 4_102_444_800), etag: ETag(version: 1))
    }

    /// The names of the members of an object.
    private func names(_ json: [UInt8]) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(json))
        return Set(try #require(object as? [String: Any]).keys)
    }

    private func names(_ type: any Decodable.Type) throws -> Set<String> {
        Set(try #require(try ShapeDecoder.shape(of: type).objects.first).members.map(\.name))
    }

    @Test("have the members of a key's type")
    func key() throws {
        var json = JSONWriter()
        json.key(try info(), annotation)
        #expect(try names(json.bytes) == names(API.KeyInfo.self))
    }

    @Test("have the members of a folder's type")
    func folder() throws {
        var json = JSONWriter()
        json.folder(Folder(prefix: try info().key, keyCount: 1))
        #expect(try names(json.bytes) == names(API.Folder.self))
    }

    @Test("have the members of an entry's type")
    func entry() throws {
        let written = try [[0x41], [0xFF]].map { (value: [UInt8]) in
            var json = JSONWriter()
            json.entry(try info(), value, annotation)
            return try names(json.bytes)
        }
        #expect(written[0].union(written[1]) == (try names(API.Entry.self)))
        #expect(written[0].symmetricDifference(written[1]) == ["value", "valueBase64"])
        #expect(try names(JSONWriter.entry(info(), isText: true, annotation).json) == written[0])
    }

    @Test("have the members of a written entry's type")
    func writtenEntry() throws {
        #expect(try names(JSONWriter.written(info())) == names(API.WrittenEntry.self))
    }

    private static let selection = JobSelection.all
    private static let works: [any JobKind] = [
        DeleteJob(selection), CopyJob(selection, target: .init(store: "s", namespace: "n"), collision: .skip),
        RenameJob(selection, from: "a", to: "b", collision: .skip), ExpireJob(selection, at: Expiration(stored: 1)),
        ExpireJob(selection, at: nil), TagJob(selection, .replace(["t"])),
        TagJob(selection, .edit(add: ["t"], remove: ["u"])), TagJob(selection, .color(nil)),
        ExportJob(selection, ExportForm(format: .csv, isGzipped: true, neutralisesFormulas: true)),
        UndoJob(of: JobID("1"), target: nil, isForced: true, ofTags: false),
        ImportJob(format: nil, collision: .skip, isStrict: true),
    ]

    @Test("have a member for each field of a kind of job", arguments: works.indices)
    func fields(index: Int) throws {
        let work = Self.works[index]
        var job = API.Job(
            id: "1", kind: work.kindName, state: "queued", store: "s", namespace: "n", namespaceTitle: "t",
            createdAt: API.Time(Timestamp(milliseconds: 0)), createdBy: "local",
            progress: API.JobProgress(
                sequence: 0, processed: 0, succeeded: 0, failed: 0, skipped: 0, missing: 0, bytes: 0, requests: 0),
            undoable: false, failuresRecorded: 0)
        for field in work.fields { job.set(field) }
        let written = try names(JSONWriter.body(job))
        #expect(Set(work.fields.map { "\($0.name)" }).isSubset(of: written))
    }

    @Test("are read again as they were written")
    func roundTrip() throws {
        let failure = API.JobFailure(key: nil, line: 3, code: "invalid_record", detail: "\"é\u{0}/", attempts: 2)
        let json = String(decoding: try JSONWriter.body(failure), as: UTF8.self)
        #expect(json == #"{"key":null,"line":3,"code":"invalid_record","detail":"\"é\u0000/","attempts":2}"#)
        let read = try JSONDecoder().decode(API.JobFailure.self, from: Data(json.utf8))
        #expect(read.key == nil && read.line == 3 && read.detail == failure.detail)
    }

    @Test("may lack a nullable member, as those of older servers do")
    func olderServer() throws {
        let read = try JSONDecoder().decode(API.BackupCheck.self, from: Data(#"{"state":"passed","faults":[]}"#.utf8))
        #expect(read.at == nil)
    }
}
