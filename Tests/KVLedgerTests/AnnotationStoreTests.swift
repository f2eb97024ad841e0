import KVLedger
import KVModel
import Testing

@Suite("The annotations of a ledger")
struct AnnotationStoreTests {
    private let namespace = NamespaceID("n")

    private func keys(_ names: String...) throws -> [Key] { try names.map { try Key($0) } }

    @Test("are stored by store, namespace and key, byte by byte", arguments: LedgerUnderTest.all)
    func places(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            // "é", and "e" with a combining accent.
            let keys = try keys("\u{E9}", "e\u{301}", "a\u{0}b")
            let metadata = try Metadata(json: Array("{\"owner\": \"ann\"}".utf8))
            let annotation = Annotation(tags: ["one", "two"], color: .red, customMetadata: metadata)
            try await ledger.changeAnnotations(
                [keys[0]: AnnotationChange(to: annotation), keys[2]: AnnotationChange(tags: ["nul"])], in: namespace,
                of: "local", usesReserve: false)
            let found = try await ledger.annotations(of: keys, in: namespace, of: "local")
            #expect(found == [keys[0]: annotation, keys[2]: Annotation(tags: ["nul"])])
            #expect(try await ledger.annotations(of: keys, in: namespace, of: "other").isEmpty)
            #expect(try await ledger.annotations(of: keys, in: NamespaceID("m"), of: "local").isEmpty)
        }
    }

    @Test(
        "keep the parts that a change does not mention, and vanish with their last part", arguments: LedgerUnderTest.all
    )
    func parts(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let key = try Key("a")
            func change(_ change: AnnotationChange) async throws -> Annotation? {
                try await ledger.changeAnnotations([key: change], in: namespace, of: "local", usesReserve: false)
                return try await ledger.annotations(of: [key], in: namespace, of: "local")[key]
            }
            #expect(try await change(AnnotationChange(color: .some(.blue))) == Annotation(color: .blue))
            #expect(try await change(AnnotationChange(tags: ["t"])) == Annotation(tags: ["t"], color: .blue))
            #expect(try await change(AnnotationChange(tags: [])) == Annotation(color: .blue))
            #expect(try await change(AnnotationChange(color: .some(nil))) == nil)
        }
    }

    @Test("of a namespace are dropped together, and no others", arguments: LedgerUnderTest.all)
    func dropping(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let keys = try (0..<5_000).map { try Key("key:\($0)") }
            let changes = Dictionary(uniqueKeysWithValues: keys.map { ($0, AnnotationChange(tags: ["t"])) })
            for name in ["n", "m"] {
                try await ledger.changeAnnotations(changes, in: NamespaceID(name), of: "local", usesReserve: false)
            }
            try await ledger.dropAnnotations(in: namespace, of: "local")
            #expect(try await ledger.annotations(of: keys, in: namespace, of: "local").isEmpty)
            #expect(try await ledger.annotations(of: keys, in: NamespaceID("m"), of: "local").count == 5_000)
        }
    }

    @Test("are announced for a namespace from the first one on", arguments: LedgerUnderTest.all)
    func announcement(kind: LedgerUnderTest) async throws {
        try await kind.withLedger { ledger in
            let key = try Key("a")
            #expect(try await !ledger.hasAnnotations(in: namespace, of: "local"))
            try await ledger.changeAnnotations([key: .removal], in: namespace, of: "local", usesReserve: false)
            #expect(try await !ledger.hasAnnotations(in: namespace, of: "local"))
            try await ledger.changeAnnotations(
                [key: AnnotationChange(tags: ["t"])], in: namespace, of: "local", usesReserve: false)
            #expect(try await ledger.hasAnnotations(in: namespace, of: "local"))
            #expect(try await !ledger.hasAnnotations(in: namespace, of: "other"))
            try await ledger.removeAnnotations(of: [key], in: namespace, of: "local")
            #expect(try await ledger.annotations(of: [key], in: namespace, of: "local").isEmpty)
        }
    }
}
