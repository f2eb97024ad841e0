import Testing

@testable import KVModel

@Suite("A file name")
struct FileNameTests {
    @Test(
        "is safe wherever it is saved, whoever has chosen it",
        arguments: [
            ("orders", "orders"), ("会话", "会话"), ("Résumé (2).txt", "Résumé (2).txt"), ("-rf", "rf"), ("--help", "help"),
            ("../../etc/passwd", "etc-passwd"), (".bashrc", "bashrc"), ("~root", "root"),
            ("a/b\\c:d*e?f\"g<h>i|j", "a-b-c-d-e-f-g-h-i-j"),
            ("a\u{0}b\nc\u{7F}d\u{85}e", "a-b-c-d-e"), ("invoice\u{202E}fdp.exe", "invoice-fdp.exe"),
            ("a\u{2028}b\u{FEFF}c", "a-b-c"),
            ("name. . ", "name"), ("👩\u{200D}💻", "👩\u{200D}💻"), ("  x", "x"), ("e\u{301}", "e\u{301}"),
        ])
    func safe(text: String, name: String) {
        #expect(FileName.safe(text).map { Array($0.utf8) } == Array(name.utf8))
    }

    @Test("is nothing where nothing is left", arguments: ["", "-", "..", " ", "///", "\u{202E}", ". -~"])
    func nothing(text: String) {
        #expect(FileName.safe(text) == nil)
    }

    @Test("has at most 200 bytes, and no part of a character", arguments: ["a", "é", "会", "💻"])
    func long(character: String) throws {
        let name = try #require(FileName.safe(String(repeating: character, count: 999)))
        #expect((197...200).contains(name.utf8.count) && name.utf8.count % character.utf8.count == 0)
    }

    @Test(
        "in ASCII has a word in the place of what cannot be written",
        arguments: [
            ("orders-2026.csv", "orders-2026.csv"), ("会话", "file"), ("会话.txt", "file.txt"),
            ("会话-2026.csv", "file-2026.csv"),
            ("Résumé.txt", "R-sum-.txt"), ("École.txt", "file-cole.txt"), ("a;b%20'c.txt", "a-b-20-c.txt"),
            ("a-é.txt", "a-.txt"),
        ])
    func ascii(name: String, expected: String) {
        #expect(FileName.ascii(name, else: "file") == expected)
    }
}
