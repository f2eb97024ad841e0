import Testing

@testable import KVHTTP

@Suite("A form of several parts")
struct MultipartTests {
    private static let boundary = "b0undary"

    private func parts(
        _ body: some Collection<UInt8>, boundary: String = boundary
    ) throws -> [(name: String, type: String?, content: [UInt8])] {
        try Array(body).withUnsafeBufferPointer { bytes in
            try Multipart(bytes, boundary: Array(boundary.utf8)).parts
                .map { ($0.name, $0.contentType, Array(bytes[$0.content])) }
        }
    }

    private func form(_ contents: [(name: String, content: [UInt8])]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, content) in contents {
            body += "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8
            body += content + "\r\n".utf8
        }
        return body + "--\(Self.boundary)--\r\n".utf8
    }

    private func refusal(_ body: some Collection<UInt8>) -> String? {
        do {
            _ = try parts(body)
            return nil
        } catch {
            return (error as? MultipartFault)?.reason
        }
    }

    @Test("finds the parts in their order, with their types")
    func finds() throws {
        let body = """
            --b0undary\r
            Content-Disposition: form-data; name="value"; filename="up;\\"load"\r
            CONTENT-TYPE: Application/Octet-Stream; charset=x\r
            \r
            one\r
            --b0undary\r
            content-disposition: form-data; name=metadata\r
            \r
            {}\r
            --b0undary--\r

            """
        let found = try parts(body.utf8)
        #expect(found.map(\.name) == ["value", "metadata"])
        #expect(found.map(\.type) == ["application/octet-stream", nil])
        #expect(found.map(\.content) == [Array("one".utf8), Array("{}".utf8)])
    }

    @Test(
        "leaves content as it is, whatever it resembles",
        arguments: [
            "", "\r\n", "\r\n\r\n", "--b0undar", "x--b0undary--", "\r\n--b0undar", "\r\n--b0undaryx", "\r\n-b0undary",
            "\r\n--b0undary-", "\n--b0undary\n", "\r\r\n--b0undary x", "\r\n--", "--",
        ])
    func leaves(content: String) throws {
        let found = try parts(form([("value", Array(content.utf8)), ("metadata", [])]))
        #expect(found.map(\.content) == [Array(content.utf8), []])
    }

    @Test("keeps every byte there is")
    func keepsBytes() throws {
        let content = (0..<4).flatMap { _ in Array(0...UInt8.max) }
        #expect(try parts(form([("value", content)])).map(\.content) == [content])
    }

    @Test("passes over what stands before the first boundary and behind the last, and white space behind one")
    func preamble() throws {
        let body =
            "not for you\r\n--b0undary \t\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n1\r\n--b0undary--bye"
        #expect(try parts(body.utf8).map(\.content) == [Array("1".utf8)])
    }

    @Test("takes an empty form for one without parts, and a part that ends where it begins for an empty one")
    func empty() throws {
        #expect(try parts("--b0undary--".utf8).isEmpty)
        let body = "--b0undary\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n--b0undary--"
        #expect(try parts(body.utf8).map(\.content) == [[]])
    }

    @Test(
        "refuses what is no whole form",
        arguments: [
            "", "--", "garbage", "--b0undary", "--b0undary\r\n",
            "--b0undary\r\nContent-Disposition: form-data; name=\"v\"",
            "--b0undary\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\nno end",
            "--b0undary\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\nno end\r\n--b0undary",
            "--b0undary\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\nno end\r\n--b0undary-",
            "--b0undary\r\n\r\nno name\r\n--b0undary--", "--b0undary\r\nno header\r\n\r\n1\r\n--b0undary--",
            "--b0undary\nContent-Disposition: form-data; name=\"v\"\n\n1\n--b0undary--",
        ])
    func refuses(body: String) {
        #expect(refusal(body.utf8) != nil)
    }

    @Test("refuses a head without an end, and parts without number")
    func bounds() {
        let long =
            "--b0undary\r\nContent-Disposition: form-data; name=\"v\"; x=\"\(String(repeating: "x", count: 20_000))\"\r\n\r\n"
        #expect(refusal(long.utf8)?.contains("too long") == true)
        #expect(refusal(form(Array(repeating: ("v", []), count: 17)))?.contains("too many") == true)
        #expect(refusal(form(Array(repeating: ("v", []), count: 16))) == nil)
    }

    @Test("survives every cut and every changed byte")
    func mutations() {
        let whole = form([("value", Array("\r\n--b0und\r\n".utf8)), ("metadata", Array("{}".utf8))])
        for end in whole.indices.dropLast(2) { #expect(refusal(whole[..<end]) != nil) }
        for index in whole.indices {
            for byte in [0, 0x0A, 0x0D, 0x2D, 0x22, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] = byte
                _ = refusal(changed)
            }
        }
    }

    @Test("reads parameters in quotes and without, the first of two")
    func parameters() {
        let header = HeaderParameters("Form-Data ; NAME=\"a;b=\\\"c\" ; name=second; filename = plain ;x;=y;")
        #expect(header.value == "Form-Data")
        #expect(header["name"] == "a;b=\"c")
        #expect(header["filename"] == "plain")
        #expect(header["x"] == nil)
        #expect(HeaderParameters("").value.isEmpty)
    }
}
