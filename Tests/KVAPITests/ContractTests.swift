import Foundation
import KVJobs
import KVLedger
import KVModel
import KVTransfer
import Testing

@testable import KVAPI

/// Every body of the API. A type that is missing here fails, as does a schema without a type.
private let bodies: [any (Decodable & Sendable).Type] = [
    API.Problem.self, API.StoreList.self, API.NamespacePage.self, API.NamespaceCreation.self,
    API.NamespaceUpdate.self, API.KeyPage.self, API.Entry.self, API.WrittenEntry.self, API.KeyList.self,
    API.JobPage.self, API.JobRequest.self, API.JobPlan.self, API.JobEventList.self, API.JobFailurePage.self,
    API.ProgressMessage.self, API.WatcherMessage.self, API.AuditPage.self, API.BackupList.self, API.Monitor.self,
    API.StorageSize.self, API.GatewayUsage.self, API.Health.self, API.Version.self,
]

private let vocabularies: [String: [String]] = [
    "ErrorCode": KVError.Code.allCases.map(\.rawValue),
    "JobState": JobState.allCases.map(\.rawValue),
    "AuditAction": AuditAction.allCases.map(\.rawValue),
    "Collision": Collision.allCases.map(\.rawValue),
    "Color": Annotation.Color.allCases.map(\.rawValue),
    "FileFormat": FileFormat.allCases.map(\.rawValue),
    "JobEventType": JobEvent.Kind.allCases.map(\.rawValue),
    "JobKind": [
        DeleteJob.name, CopyJob.name, MoveJob.name, RenameJob.name, ExpireJob.name, TagJob.name, ExportJob.name,
        UndoJob.name, ImportJob.name,
    ],
    "HealthStatus": API.Health.Status.allCases.map(\.rawValue),
    "ImportFormat": ["auto"] + FileFormat.allCases.map(\.rawValue),
    "KeyFileFormat": KeyReader.Format.allCases.filter { $0 != .auto }.map(\.rawValue),
    "StorageKindName": StorageSurvey.Kind.allCases.map(\.rawValue),
]

@Suite("The types of the API")
struct ContractTests {
    private let document: OpenAPIDocument
    /// By name.
    private let types: [String: Shape]

    init() throws {
        document = try OpenAPIDocument()
        let shapes = try bodies.map { try ShapeDecoder.shape(of: $0) }
        let objects = shapes.flatMap(\.objects)
        types = Dictionary(objects.map { ($0.name, .object(name: $0.name, members: $0.members)) }) { one, _ in one }
    }

    @Test("have the members of their schemas in the OpenAPI document, and no others")
    func schemas() throws {
        let differences = try types.sorted { $0.key < $1.key }.flatMap { name, type in
            try Shape.differences(type, document.shape(named: name), at: name)
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("exist for every schema of an object")
    func isComplete() throws {
        let objects = try document.schemas.keys.filter { name in
            if case .object = try document.shape(named: name) { true } else { false }
        }
        // The server reads it piece by piece, and no client of ours sends it whole.
        let withoutType: Set = ["EntryWrite"]
        #expect(Set(objects).subtracting(types.keys).subtracting(document.alternatives) == withoutType)
        #expect(document.unnamedBodies == [])
    }

    @Test("have the vocabularies of the OpenAPI document", arguments: vocabularies.keys.sorted())
    func vocabulary(name: String) throws {
        #expect(Set(try #require(vocabularies[name])) == document.vocabularies[name])
    }

    @Test("know every vocabulary")
    func allVocabularies() {
        #expect(Set(document.vocabularies.keys) == Set(vocabularies.keys))
    }

    @Test("are those of the web interface")
    func declarations() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../API.d.ts")
        let text = DeclarationText.text(of: try bodies.map { try ShapeDecoder.shape(of: $0) })
        if ProcessInfo.processInfo.environment["KV_MANAGER_WRITE_DECLARATIONS"] != nil {
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        let isCurrent = try String(contentsOf: path, encoding: .utf8) == text
        #expect(isCurrent, "API.d.ts is out of date; KV_MANAGER_WRITE_DECLARATIONS=1 script/test unit writes it.")
    }
}
