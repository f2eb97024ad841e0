import Foundation
import KVBackup
import KVModel
import TestSupport
import Testing

@Suite("The manifest of a backup")
struct BackupManifestTests {
    private static let digest = String(repeating: "0a", count: 32)

    private static func manifest(_ files: [(path: String, bytes: String)], name: String = "2026-11-25T10-20-30Z")
        -> String
    {
        let list = files.map { #"{"path":"\#($0.path)","bytes":\#($0.bytes),"sha256":"\#(digest)"}"# }
        return """
            {"format":1,"name":"\(name)","createdAt":"2026-11-25T10:20:30Z","version":"1.2.3","files":[\(list.joined(separator: ","))]}
            """
    }

    private func read(_ text: String) throws -> BackupManifest { try BackupManifest(Data(text.utf8), in: "/backup") }

    @Test("is accepted as it is written")
    func genuine() throws {
        let files = [
            ("ledger.sqlite", "4096"), ("stores/local.sqlite", "0"), ("jobs/a-b/export", "9"), ("jobs/a-b/upload", "1"),
        ]
        let manifest = try read(Self.manifest(files))
        #expect(manifest.bytes == 4_106)
        #expect(manifest.files.map(\.path) == files.map(\.0))
    }

    @Test(
        "is refused when a size is impossible",
        arguments: [
            ["9223372036854775807", "9223372036854775807"], ["9223372036854775807"], ["-1"], ["1e400"],
            ["9223372036854775808"], ["1.5"], ["null"], ["\"1\""], ["18446744073709551616"],
            ["-9223372036854775808", "1"],
        ])
    func sizes(sizes: [String]) {
        let files = sizes.enumerated().map { ("stores/s\($0.offset).sqlite", $0.element) }
        #expect(throws: KVError.self) { try read(Self.manifest(files)) }
    }

    @Test(
        "is refused when it names a file that no backup has",
        arguments: [
            "/etc/passwd", "../ledger.sqlite", "stores/../x.sqlite", "jobs/../../x", "jobs/a/../x", "lock", "", ".",
            "..",
            "stores", "stores/", "stores//x.sqlite", "stores/x", "stores/a/b.sqlite", "jobs/a", "jobs/a/b/c",
            "ledger.sqlite/x",
            "ledger.sqlite-wal", #"jobs/a/\u0000"#, #"jobs/\n/x"#, "jobs/\(String(repeating: "x", count: 256))/x",
        ])
    func paths(path: String) {
        #expect(throws: KVError.self) { try read(Self.manifest([(path, "1")])) }
    }

    @Test("is refused when it names a file twice, or itself impossibly")
    func names() {
        #expect(throws: KVError.self) { try read(Self.manifest([("ledger.sqlite", "1"), ("ledger.sqlite", "1")])) }
        for name in ["", "..", "2026-11-25T10-20-30Z/../..", "latest"] {
            #expect(throws: KVError.self) { try read(Self.manifest([], name: name)) }
        }
        #expect(throws: KVError.self) {
            try read(Self.manifest([("ledger.sqlite", "1")]).replacing(Self.digest, with: "not a digest"))
        }
    }

    @Test(
        "is refused when it is nested deeply, long, or no JSON at all",
        arguments: ["[", "{\"files\":", "{\"a\":[", " ", "\""])
    func nesting(piece: String) {
        #expect(throws: KVError.self) { try read(String(repeating: piece, count: 200_000)) }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: KVError.self) { try read(Self.manifest([("ledger.sqlite", deep)])) }
    }

    /// More inputs are tried where `KV_MANAGER_FUZZ_INPUTS` says how many.
    @Test("that was damaged is refused, or names only files that a backup has, with sizes that can be added up")
    func mutations() throws {
        let count = ProcessInfo.processInfo.environment["KV_MANAGER_FUZZ_INPUTS"].flatMap(Int.init) ?? 20_000
        var random = Seeded(seed: 41)
        let original = Array(
            Self.manifest([("ledger.sqlite", "4096"), ("stores/local.sqlite", "12"), ("jobs/a/export", "7")]).utf8)
        let pieces = [
            "9223372036854775807", "-", "e9", "0", "null", "[", "]", "{", "}", "\"", "\\", "..", "/", "\\u0000", ",",
            ":",
            "\\ud800", "jobs/", "ledger.sqlite",
        ].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<count {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.damage(&bytes, with: pieces, &random) }
            guard let manifest = Self.outcome(of: bytes) else { continue }
            accepted += 1
            #expect(manifest.files.allSatisfy { $0.bytes >= 0 } && manifest.bytes < .max)
            #expect(
                manifest.files.allSatisfy { !$0.path.hasPrefix("/") && !$0.path.split(separator: "/").contains("..") })
            #expect(Set(manifest.files.map(\.path)).count == manifest.files.count)
        }
        #expect(accepted > 0 && accepted < count)
    }

    /// Nil where it is refused, which is always by this error.
    private static func outcome(of bytes: [UInt8]) -> BackupManifest? {
        do throws(KVError) {
            return try BackupManifest(Data(bytes), in: "/backup")
        } catch {
            #expect(error.code == .invalidRequest)
            return nil
        }
    }

    private static func damage(_ bytes: inout [UInt8], with pieces: [[UInt8]], _ random: inout Seeded) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
        case 2: bytes.replaceSubrange(place..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
        default: bytes.replaceSubrange(place..<place, with: bytes[place..<end])
        }
    }
}
