import Foundation
import KVModel
import KVTransfer
import TestSupport
import Testing

@Suite("Reading CSV")
struct CSVTests {
    @Test("takes the columns in any order", arguments: [1, 7, 64])
    func readsColumns(chunkBytes: Int) throws {
        let reading = try read(
            """
            expiration,value,tags,name,ttl,encoding,metadata
            1900000000,one,,a,,,
            ,AP8=,"[""x"",""y,z""]",b,60,base64,"{""m"": ""1,2""}"
            ,,[],c,,text,null
            """, chunkBytes: chunkBytes)
        #expect(reading.format == .csv && reading.failures.isEmpty)
        #expect(reading.keys == ["a", "b", "c"] && reading.lines == [2, 3, 4])
        let records = reading.records
        #expect(
            records[0].expiration == 1_900_000_000 && records[0].value == Array("one".utf8)
                && records[0].annotation.tags == nil)
        #expect(
            records[1].value == [0, 255] && records[1].expiration == expiration(in: 60)
                && records[1].annotation.tags == ["x", "y,z"])
        #expect(records[1].metadata?.json == Array(#"{"m": "1,2"}"#.utf8))
        #expect(records[2].value == [] && records[2].annotation.tags == [] && records[2].metadata == nil)
    }

    @Test("resolves quotes around commas, quotes and line breaks", arguments: [1, 2, 3, 64])
    func resolvesQuotes(chunkBytes: Int) throws {
        let reading = try read(
            "\u{FEFF}\"key\",\"value\"\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n\r\nc,\"line 1\r\nline 2\n\"\n\"\"\"\",\"\"\n\"x\",\" \u{FEFF}\"\r\ny,  z  \n",
            chunkBytes: chunkBytes)
        #expect(reading.failures.isEmpty && reading.ending == nil)
        #expect(reading.keys == ["a,b", "c", "\"", "x", "y"])
        #expect(
            reading.values.map { Array($0.utf8) }
                == ["say \"hi\"", "line 1\r\nline 2\n", "", " \u{FEFF}", "  z  "].map { Array($0.utf8) })
        #expect(reading.lines == [2, 4, 7, 8, 9])
    }

    @Test(
        "goes on after a bad row, and says what is bad",
        arguments: [
            ("k", .invalidRecord, "k"), ("k,v,text", .invalidRecord, "k"), ("k,v,text,,x", .invalidRecord, "k"),
            (",v,text,", .invalidKey, ""),
            ("..,v,text,", .invalidKey, ".."), ("k,v,hex,", .invalidRecord, "k"), ("k,AP8,base64,", .invalidValue, "k"),
            ("k,v,text,soon", .invalidExpiration, "k"), ("k,v,text, 5", .invalidExpiration, "k"),
            ("k,a\"b,text,", .invalidRecord, nil),
            ("k,\"a\"b,text,", .invalidRecord, nil), ("k,\"a\"\rb,text,", .invalidRecord, nil),
            ("k,a\rb,text,", .invalidRecord, nil),
            ("k,a\r,text,", .invalidRecord, nil), (" ", .invalidRecord, " "),
            ("k;v;text;", .invalidRecord, "k;v;text;"),
        ] as [(String, KVError.Code, String?)])
    func reportsBadRows(row: String, code: KVError.Code, key: String?) throws {
        for (lineEnd, chunkBytes) in [("\n", 1), ("\r\n", 2), ("\r\n", 64)] {
            let rows = ["key,value,encoding,expiration", "before,,,", row, "after,,,"]
            let reading = try read(rows.joined(separator: lineEnd), chunkBytes: chunkBytes)
            #expect(reading.keys == ["before", "after"] && reading.lines == [2, 4])
            #expect(reading.failureLines == [3] && reading.failureCodes == [code])
            #expect(reading.failures.first?.key == key && reading.ending == nil)
        }
    }

    @Test("takes an empty last field at the end of the file, and rows that end in CR at the end")
    func readsUnendedRows() throws {
        #expect(try read("key,value\na,").records.map(\.value) == [[]])
        #expect(try read("key,value\na,\"\"").records.map(\.value) == [[]])
        #expect(try read("key,value\na,b\r").values == ["b"])
        #expect(try read("key,value\na,\"b\"\r").values == ["b"])
    }

    @Test("reports text that is not UTF-8")
    func reportsBytes() throws {
        let reading = try read(Array("key,value\na,".utf8) + [0xFF] + Array("\nb,".utf8) + [0xFF] + Array("c\n".utf8))
        #expect(reading.failureCodes == [.invalidValue, .invalidValue])
    }

    @Test("ends with an error that names the row whose quotes are not closed")
    func endsWithinQuotes() throws {
        let reading = try read("key,value\na,1\nb,\"2\n\nc,3\n")
        #expect(reading.keys == ["a"])
        #expect(reading.ending?.code == .truncatedFile)
        #expect(reading.ending?.detail.contains("line 3") == true)
    }

    @Test("refuses a file with a repeated column, naming it", arguments: ["key", "name", "Value", " KEY "])
    func refusesColumns(name: String) throws {
        let error = #expect(throws: KVError.self) { try read("key,value,\(name)\na,b,c\n") }
        #expect(error?.code == .invalidRecord)
        #expect(error?.detail.contains(name.trimmingCharacters(in: .whitespaces)) == true)
    }
}
