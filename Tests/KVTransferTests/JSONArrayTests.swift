import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("Reading a JSON array")
struct JSONArrayTests {
    @Test("takes any white space, and elements over several lines", arguments: [1, 2, 7, 64, 4_096])
    func readsElements(chunkBytes: Int) throws {
        let reading = try read(
            """
            \u{FEFF}

              [ {"key": "a",
                 "value": "[{\\"}]\\\\"}
             ,
             {"key":"b","value":"2","metadata":{"x":[{}]}},{"key":"c","value":"3"}
            ,{
              "name" : "d" , "value" : ""
            }
            ]

            """, chunkBytes: chunkBytes)
        #expect(reading.format == .json && reading.failures.isEmpty && reading.ending == nil)
        #expect(reading.keys == ["a", "b", "c", "d"])
        #expect(reading.lines == [3, 6, 6, 7])
        #expect(reading.values == [#"[{"}]\"#, "2", "3", ""])
    }

    @Test("goes on after an element that is bad but complete", arguments: [1, 7, 64])
    func reportsBadElements(chunkBytes: Int) throws {
        let reading = try read(
            """
            [{"key":"a","value":"1"},
            {"key":"b","value":2},
            5, "text", null, [1,[2]], {"key":"c" "value":"x"},
            {"key":"d","value":"\\q"}, {"a":{"b":[}]},
            {"key":"e","value":"5"}]
            """, chunkBytes: chunkBytes)
        #expect(reading.keys == ["a", "e"] && reading.ending == nil)
        #expect(reading.failureLines == [2, 3, 3, 3, 3, 3, 4, 4])
        #expect(reading.failures.map(\.key) == ["b", nil, nil, nil, nil, "c", "d", nil])
        #expect(reading.failureCodes == [.invalidValue] + Array(repeating: .invalidRecord, count: 7))
    }

    @Test(
        "ends with an error that names the line where the array is out of joint, after the records before that",
        arguments: [
            ("", .truncatedFile, "line 2"), ("\n", .truncatedFile, "line 3"),
            (",\n", .truncatedFile, "line 3"), (",\n{\"key\":\"c", .truncatedFile, "line 3"),
            (",\n{\"key\":\"c\"", .truncatedFile, "line 3"),
            ("\n {", .invalidRecord, "Line 3"), (",\n1", .truncatedFile, "line 3"),
            ("\n{\"key\":\"c\",\"value\":\"\"}]", .invalidRecord, "Line 3"),
            (",\n]", .invalidRecord, "Line 3"), (",,{}]", .invalidRecord, "Line 2"), ("}]", .invalidRecord, "Line 2"),
            (":1]", .invalidRecord, "Line 2"),
        ] as [(String, KVError.Code, String)])
    func endsWhereBroken(rest: String, code: KVError.Code, place: String) throws {
        let start = "[{\"key\":\"a\",\"value\":\"1\"},\n{\"key\":\"b\",\"value\":\"2\"}"
        for chunkBytes in [1, 64] {
            let reading = try read(start + rest, chunkBytes: chunkBytes)
            #expect(reading.keys == ["a", "b"] && reading.failures.isEmpty)
            #expect(reading.ending?.code == code)
            let detail = reading.ending?.detail ?? ""
            #expect(detail.lowercased().contains(place.lowercased()), "\(detail)")
        }
    }

    @Test("keeps throwing the error that ended it")
    func repeatsError() throws {
        try withFile(Array("[{\"key\":\"a\",\"value\":\"1\"}".utf8)) { path in
            var reader = try RecordReader(path: path, format: .json, now: now, maximumExpandedBytes: .max)
            let first = try reader.next(limit: 10, bytes: .max)
            #expect(first.records.count == 1)
            for _ in 1...2 {
                do throws(KVError) {
                    _ = try reader.next(limit: 10, bytes: .max)
                    Issue.record("no error")
                } catch {
                    #expect(error.code == .truncatedFile)
                }
            }
        }
    }

    @Test("takes deep nesting for a bad record")
    func limitsDepth() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let reading = try read(
            "[{\"key\":\"a\",\"value\":\"\",\"metadata\":\(deep)},{\"key\":\"b\",\"value\":\"\"}]", chunkBytes: 4_096)
        #expect(reading.keys == ["b"] && reading.failures.first?.key == "a")
    }

    @Test("reads wrangler's members")
    func readsWrangler() throws {
        let reading = try read(
            """
            [{"key":"a","value":"AP8=","base64":true,"expiration":1900000000,"metadata":{"x":1}},
             {"key":"b","value":"text","expiration_ttl":300,"base64":false}]
            """)
        #expect(reading.format == .wrangler && reading.failures.isEmpty)
        #expect(reading.records.map(\.value) == [[0, 255], Array("text".utf8)])
        #expect(reading.records.map(\.expiration) == [1_900_000_000, expiration(in: 300)])
    }
}
