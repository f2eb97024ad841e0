import KVModel
import TestSupport
import Testing

/// Reading of damaged texts: it ends, within the text, and what is accepted is what was written.
@Suite("Damaged texts")
struct ParserFuzzTests {
    private static let values = [
        #"{"kind":"delete","selection":{"keys":["a","b\u00e9\ud83d\ude00"]},"tags":["x","y"],"ttl":60.0,"never":true}"#,
        #"[1,-2.5e10,null,true,false,"\"\\\/\b\f\n\r\t",{"a":[[[]]]}]"#, "\"é😀\u{7F}\"", " [ 1 , { } ] ", "0",
        "123456789012345678901234567890e-5",
    ]

    @Test("of JSON are passed over or refused at a place within them, and read alike with a limit and without")
    func json() throws {
        for text in Mutations(of: Self.values, telling: "{}[]\",:\\u019eE+-.ntf \n", seed: 1) {
            text.withUnsafeBufferPointer { bytes in
                var whole = JSONScanner(bytes)
                check(&whole, in: bytes) { scanner in try scanner.skipValue() }
                check(&whole, in: bytes) { scanner in try scanner.end() }
                var object = JSONScanner(bytes)
                check(&object, in: bytes) { scanner in try scanner.object { _, scanner in try scanner.skipValue() } }
                var number = JSONScanner(bytes)
                check(&number, in: bytes) { scanner in _ = try scanner.integer() }
            }
        }
    }

    private func check(
        _ scanner: inout JSONScanner, in bytes: UnsafeBufferPointer<UInt8>, _ read: (inout JSONScanner) throws -> Void
    ) {
        do {
            try read(&scanner)
        } catch let failure as JSONScanner.Failure {
            if !(0...bytes.count).contains(failure.offset) { Issue.record("\(failure) of \(bytes.count)") }
        } catch {
            Issue.record("\(error)")
        }
        if scanner.position > bytes.count { Issue.record("\(scanner.position) is beyond \(bytes.count)") }
    }

    @Test("of strings stand for the same with a limit and without")
    func strings() throws {
        let texts = ["\"plain text\"", #""\u0061\ud83d\ude00\n\"\\ é""#, "\"é😀\" ", "\"\"", " \"a\",\"b\""]
        for (index, text) in Mutations(of: texts, telling: "\"\\udDeE089ab/n", seed: 2).enumerated() {
            let limit = index % 24
            text.withUnsafeBufferPointer { bytes in
                var free = JSONScanner(bytes)
                var limited = JSONScanner(bytes)
                let whole = try? free.string()
                let cut = try? limited.stringContent(atMost: limit).map { limited.decoded($0) }
                if let whole, whole.count <= limit {
                    if cut != whole || free.position != limited.position { Issue.record("\(text) within \(limit)") }
                } else if cut != nil {
                    Issue.record("\(text) beyond \(limit)")
                }
            }
        }
    }

    @Test("of whole numbers are those that floating-point numbers know, where these are exact")
    func numbers() {
        let texts = ["10", "10.0", "1e1", "-60.00", "9007199254740991", "100e-2", "0.5e1", "0"]
        for text in Mutations(of: texts, telling: "0123456789eE+-.", seed: 3) {
            guard let found = JSONScanner.integer(text), abs(found) < 1 << 53 else { continue }
            let read = Double(String(decoding: text, as: UTF8.self))
            if read != Double(found) { Issue.record("\(String(decoding: text, as: UTF8.self)) is not \(found)") }
        }
    }

    @Test("of percent-encoding are decoded to no more than they are, and back again")
    func percentCoding() {
        for text in Mutations(of: ["a%2Fb%20c", "%F0%9F%98%80+x", "", "plain", "%25%25"], telling: "%+0aFfG/", seed: 4)
        {
            let coded = String(decoding: text, as: UTF8.self)
            let back = PercentCoding.decode(Substring(PercentCoding.encode(coded)), plusIsSpace: true)
            if back != Array(coded.utf8) { Issue.record("\(coded) does not survive") }
            guard let decoded = PercentCoding.decode(Substring(coded), plusIsSpace: true) else { continue }
            if decoded.count > coded.utf8.count { Issue.record("\(coded) grows") }
        }
    }

    @Test("of cursors are refused, or hold what was put in")
    func cursors() throws {
        let texts = (0..<20).map { PageCursor([UInt8](repeating: UInt8($0 * 12), count: $0), mark: "k1").text }
        for text in Mutations(of: texts, telling: "=-_+/Aa0 ", seed: 5) {
            let cursor = PageCursor(String(decoding: text, as: UTF8.self))
            guard let bytes = try? cursor.bytes(mark: "k1") else { continue }
            if try PageCursor(bytes, mark: "k1").bytes(mark: "k1") != bytes { Issue.record("\(cursor.text)") }
        }
    }
}
