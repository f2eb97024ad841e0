import Foundation
import KVLedger
import KVModel
import KVTransfer
import TestSupport
import Testing

@testable import KVJobs
@testable import SQLiteLedger

/// Specifications are stored as versions since 0.2.0 have stored them, so that a data folder can go to a newer version and
/// back.
@Suite("Stored specifications of jobs")
struct StoredWorkTests {
    /// As versions up to 0.2.x declared what a job does; they read and wrote it by this type.
    enum Earlier: Hashable, Codable {
        case delete(JobSelection)
        case copy(JobSelection, target: JobTarget, collision: Collision)
        case move(JobSelection, target: JobTarget, collision: Collision)
        case rename(JobSelection, from: String, to: String, collision: Collision)
        case expire(JobSelection, at: Int64?)
        case tag(JobSelection, TagChange)
        case export(JobSelection, ExportForm)
        case importing(format: FileFormat?, collision: Collision, only: Int64? = nil, isStrict: Bool? = nil)
        case undo(of: String, target: JobTarget?, only: Int64?, isForced: Bool, ofTags: Bool)
    }

    private static let target = JobTarget(store: "other", namespace: "n")

    static let pairs: [(Earlier, any JobKind)] = [
        (.delete(.all), DeleteJob(.all)),
        (.delete(.keys(selection: 7)), DeleteJob(.prefix("x")).limited(to: 7)),
        (
            .copy(.prefix("é"), target: target, collision: .skip),
            CopyJob(.prefix("é"), target: target, collision: .skip)
        ),
        (.move(.all, target: target, collision: .fail), MoveJob(.all, target: target, collision: .fail)),
        (
            .rename(.prefix("a"), from: "a", to: "b", collision: .overwrite),
            RenameJob(.prefix("a"), from: "a", to: "b", collision: .overwrite)
        ),
        (.expire(.all, at: nil), ExpireJob(.all, at: nil)),
        (.expire(.all, at: 4_102_444_800), ExpireJob(.all, at: 4_102_444_800)),
        (.tag(.all, .edit(add: ["a"], remove: [])), TagJob(.all, .edit(add: ["a"], remove: []))),
        (.tag(.all, .color(nil)), TagJob(.all, .color(nil))),
        (.tag(.all, .color(.red)), TagJob(.all, .color(.red))),
        (.export(.all, ExportForm(format: .csv)), ExportJob(.all, ExportForm(format: .csv))),
        (.importing(format: nil, collision: .skip), ImportJob(format: nil, collision: .skip)),
        (
            .importing(format: .csv, collision: .overwrite, only: 3, isStrict: true),
            ImportJob(format: .csv, collision: .overwrite, isStrict: true).limited(to: 3)
        ),
        (
            .undo(of: "id", target: nil, only: nil, isForced: true, ofTags: false),
            UndoJob(of: JobID("id"), target: nil, isForced: true, ofTags: false)
        ),
        (
            .undo(of: "id", target: target, only: 9, isForced: false, ofTags: true),
            UndoJob(of: JobID("id"), target: target, isForced: false, ofTags: true).limited(to: 9)
        ),
    ]

    @Test("are written byte for byte as earlier versions did", arguments: pairs)
    func writing(earlier: Earlier, specification: any JobKind) throws {
        #expect(try specification.storedText() == SQLiteLedger.json(earlier))
        let text = try specification.storedText()
        #expect(try JSONDecoder().decode(Earlier.self, from: Data(text.utf8)) == earlier)
    }

    @Test("of earlier versions are read", arguments: pairs)
    func reading(earlier: Earlier, specification: any JobKind) throws {
        let work = JobKinds.all.work(ofKind: specification.kindName, stored: try SQLiteLedger.json(earlier))
        let read = try #require(work as? any JobKind)
        #expect(AnyHashable(read) == AnyHashable(specification))
    }

    @Test("the ledger learns from each which list, target and job it refers to")
    func references() throws {
        for (earlier, specification) in Self.pairs {
            switch earlier {
            case .delete(.keys(let number)), .undo(_, _, let number?, _, _), .importing(_, _, let number?, _):
                #expect(specification.keyList == number)
            default: #expect(specification.keyList == nil)
            }
            switch earlier {
            case .copy(_, let target, _), .move(_, let target, _), .undo(_, let target?, _, _, _):
                #expect(specification.target == target)
            default: #expect(specification.target == nil)
            }
            #expect((specification.undoOf?.text == "id") == (specification is UndoJob))
        }
    }

    @Test(
        "of kinds and versions that this release does not have keep their kind and their text",
        arguments: [
            ("snapshot", "{\"snapshot\":{}}"), ("copy", "{\"copy@2\":{\"what\":1}}"), ("copy", "{\"copy@0\":{}}"),
            ("delete", "{\"delete\":{\"_0\":{\"all\":{}}},\"more\":{}}"), ("delete", "{}"), ("delete", "no JSON"),
            ("", ""),
        ])
    func unknown(kind: String, text: String) throws {
        let work = JobKinds.all.work(ofKind: kind, stored: text)
        #expect(work is UnknownWork)
        #expect(work.kindName == kind)
        #expect(try work.storedText() == text)
    }

    /// A kind of job as a later release has it.
    private struct LaterDelete: SelectiveJobKind {
        static let name = "delete"
        static let version = 2
        static let options: JobOptions = []

        var keys: JobSelection
        var reason: String?

        static func read(_ request: JobRequest) throws -> LaterDelete { LaterDelete(keys: request.selection) }
        var permissions: JobPermissions { JobPermissions(source: [.delete]) }
        func run(_ run: JobRun) async throws -> JobEnding { .stopped }

        private enum CodingKeys: String, CodingKey {
            case keys = "_0"
            case reason
        }
    }

    @Test("of a later version are left alone by this release, and read by one that has that version")
    func laterVersion() throws {
        let later = JobKinds([LaterDelete.self])
        let text = try LaterDelete(keys: .all, reason: "old").storedText()
        #expect(text == "{\"delete@2\":{\"_0\":{\"all\":{}},\"reason\":\"old\"}}")
        #expect(JobKinds.all.work(ofKind: "delete", stored: text) is UnknownWork)
        #expect((later.work(ofKind: "delete", stored: text) as? LaterDelete)?.reason == "old")
        let first = try DeleteJob(.all).storedText()
        #expect((later.work(ofKind: "delete", stored: first) as? LaterDelete)?.keys == .all)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Earlier.self, from: Data(text.utf8)) }
    }
}
