import KVModel
import KVTransfer
import Testing

@Suite("Files that are none of the formats")
struct UnknownFileTests {
    @Test(
        "are refused with a sentence that says what they look like",
        arguments: [
            ("<!DOCTYPE html>\n<html>", "HTML"), ("<?xml version=\"1.0\"?>", "XML"),
            ("PK\u{3}\u{4}\u{14}", "ZIP archive"),
            ("SQLite format 3\u{0}", "SQLite database"), ("%PDF-1.7", "PDF"), ("BZh9", "bzip2"),
            ("------x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nkey,value\r\n", "upload of a form"),
            ("[{'key':'a','value':'1'}]", "single quotes"), ("{'key': 'a'}", "single quotes"),
            ("[\n {\n  'key': 'a'", "single quotes"),
            ("wrangler 4.1\n---\n[{\"key\":\"a\",\"value\":\"1\"}]", "\"wrangler 4.1\""),
            ("Downloading…\n{\"key\":\"a\"}", "\"Downloading…\""), ("[1]", "not one of objects"),
            ("size,kind\n", "begins with \"size,kind\""),
        ])
    func areDescribed(text: String, part: String) throws {
        for chunkBytes in [1, 4_096] {
            let error = #expect(throws: KVError.self) { try read(text, chunkBytes: chunkBytes) }
            #expect(error?.code == .unknownFormat)
            #expect(error?.detail.contains(part) == true, "\(error?.detail ?? "")")
        }
    }

    @Test("are quoted by their beginning alone")
    func areQuotedBriefly() throws {
        let error = #expect(throws: KVError.self) { try read(String(repeating: "x", count: 10_000)) }
        #expect((error?.detail.count ?? 1_000) < 400)
    }

    @Test("end with an error where UTF-16 is damaged")
    func reportsDamagedUTF16() throws {
        let good = utf16("{\"key\":\"a\",\"value\":\"1\"}\n")
        let lone = #expect(throws: KVError.self) { try read(good + [0x3D, 0xD8, 0x41, 0x00]) }
        #expect(lone?.code == .unknownFormat && lone?.detail.contains("surrogate") == true)
        #expect(try read(good + [0x41]).ending?.code == .truncatedFile)
        #expect(try read(good + [0x3D, 0xD8]).ending?.code == .truncatedFile)
    }

    @Test(
        "name what is no JSON in a record, while the good ones are taken",
        arguments: [
            ("NaN", "NaN"), ("Infinity", "Infinity"), ("-Infinity", "Infinity"), ("True", "true"), ("None", "null"),
            ("'x'", "single quotes"),
        ])
    func namesTheCause(value: String, part: String) throws {
        let reading = try read(
            "{\"key\":\"a\",\"value\":\"1\",\"metadata\":{\"x\":\(value)}}\n{\"key\":\"b\",\"value\":\"2\"}")
        #expect(reading.keys == ["b"] && reading.failures.map(\.key) == ["a"])
        #expect(reading.failures.first?.error.detail.contains(part) == true, "\(reading.failures.map(\.error.detail))")
    }
}
