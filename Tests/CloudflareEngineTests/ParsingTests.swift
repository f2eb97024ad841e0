import KVModel
import NIOCore
import NIOHTTP1
import Testing

@testable import CloudflareEngine

@Suite("What the API says")
struct ParsingTests {
    private func answer(_ status: Int, _ body: String, _ headers: HTTPHeaders = [:]) -> Answer {
        Answer(status: status, headers: headers, body: Array(body.utf8))
    }

    private func failure(_ code: Int, _ message: String = "m") -> String {
        #"{"success":false,"errors":[{"code":\#(code),"message":"\#(message)"}],"messages":[],"result":null}"#
    }

    @Test("the rate limit of an answer")
    func rateLimit() {
        #expect(RateLimit(field: "\"default\";r=50;t=30") == RateLimit(remaining: 50, seconds: 30))
        #expect(RateLimit(field: "\"default\"; t=7; r=0") == RateLimit(remaining: 0, seconds: 7))
        #expect(
            RateLimit(field: "\"default\";r=5;t=3", policy: "\"default\";q=120;w=30")
                == RateLimit(remaining: 5, seconds: 3, quota: 120))
        for other in ["", "x", "\"default\";r=-1;t=3", "\"default\";r=5", "\"default\";r=a;t=3"] {
            #expect(RateLimit(field: other) == nil, "\(other)")
        }
    }

    @Test("each refusal is what it says, whatever stands around it")
    func refusals() {
        #expect(Refusal(answer(404, failure(10_009))) == .noKey)
        #expect(Refusal(answer(404, failure(10_013))) == .noNamespace)
        #expect(Refusal(answer(400, failure(10_014))) == .titleTaken)
        #expect(Refusal(answer(403, failure(10_000))) == .unauthorized)
        #expect(Refusal(answer(400, failure(9_106))) == .unauthorized)
        #expect(Refusal(answer(403, failure(10_037, "p"))) == .protected("p"))
        #expect(Refusal(answer(404, failure(7_003))) == .noRoute)
        #expect(Refusal(answer(413, "<html>")) == .tooLarge)
        #expect(Refusal(answer(502, "<html>Bad gateway</html>")) == .trouble)
        #expect(Refusal(answer(500, "")) == .trouble)
        #expect(Refusal(answer(500, failure(10_001, "service failure"))) == .trouble)
        #expect(Refusal(answer(400, failure(10_012, "bad body"))) == .invalid("bad body"))
        #expect(Refusal(answer(429, failure(971))) == .tooMany(quotaIsLeft: false))
        // One key written twice within a second: the quota is not used up.
        let left: HTTPHeaders = ["Ratelimit": "\"default\";r=900;t=200"]
        #expect(Refusal(answer(429, failure(10_429), left)) == .tooMany(quotaIsLeft: true))
    }

    @Test(
        "a refusal that is not of the API's form is not one of the token",
        arguments: [
            ("<html><title>403 Forbidden</title></html>", "an HTML page"), ("\n <!DOCTYPE html>", "an HTML page"),
            ("", "without a body"), ("error code: 1020", "another body"), (#"{"message":"Forbidden"}"#, "another body"),
            ("[]", "another body"),
        ])
    func strangers(body: String, form: String) {
        for status in [401, 403, 407, 302, 200] {
            let answer = answer(status, body)
            let error: KVError?
            if status == 200 {
                error = #expect(throws: KVError.self) { try answer.read { _ = try $0.skipValue() } }
            } else {
                #expect(Refusal(answer) == .strange)
                error = Refusal(answer).error(.namespaces(page: 1, perPage: 1), answer)
            }
            #expect(error?.code == .storeUnavailable && error?.detail.contains(form) == true, "\(status)")
            #expect(error?.detail.contains("token was not refused") == true)
        }
    }

    @Test("a refusal of the API's form is one of the token, with whatever code")
    func ownRefusals() {
        for body in [failure(0), failure(1_234), #"{"success":false,"errors":[]}"#, #"{"errors":null}"#] {
            #expect(Refusal(answer(403, body)) == .unauthorized && Refusal(answer(401, body)) == .unauthorized)
        }
        #expect(Refusal(answer(400, failure(6_003, "Invalid request headers"))) == .unauthorized)
    }

    @Test(
        "the pause that is asked for, as a number or as a date",
        arguments: [
            ("0", 0), ("3", 3), ("1.5", 1.5), ("-5", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10),
            ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("999999999999", 86_400), ("inf", nil), ("nan", nil), ("soon", nil),
            ("1e999", nil), ("Sunday, 06-Nov-94 08:49:47 GMT", nil), ("", nil),
        ] as [(String, Double?)])
    func retryAfter(text: String, seconds: Double?) {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(answer(429, "", ["Retry-After": text, "Date": date]).retryAfter == seconds)
    }

    @Test(
        "a date counts from the Unix epoch",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sun, 29 Nov 2026 10:00:00 GMT", 1_795_946_400), ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Sun, 32 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
            ("Sun Nov  6 08:49:37 1994", nil),
        ] as [(String, Int?)])
    func dates(text: String, seconds: Int?) {
        #expect(HTTPDate(text)?.seconds == seconds)
    }

    @Test("what the log gets of a refusal is its status and code; its message is cut and without the token")
    func echoes() {
        let echo = "Bearer s3cret: key-of-mine " + String(repeating: "v", count: 5_000)
        for status in [400, 401, 403, 404, 429, 500, 302] {
            for code in [10_037, 10_012, 7_003, 0] {
                var answer = answer(status, failure(code, echo))
                answer.token = CloudflareToken("s3cret")
                let error = Refusal(answer).error(.namespaces(page: 1, perPage: 1), answer)
                #expect(!(error.cause ?? "").contains("key-of-mine"))
                #expect(!"\(error)".contains("s3cret"))
                #expect(error.detail.count < 400)
            }
        }
    }

    @Test("a page of keys keeps metadata as it is written, and names by their bytes")
    func keyPage() throws {
        let body = #"""
            {"result_info":{"count":2,"cursor":"next"},"success":true,"result":[
             {"name":"é","metadata":{"b": 1.0,"a":"\u00e9"},"expiration":1900000000},{"name":"e\u0301","metadata":null}]}
            """#
        let page = try KeyPage(answer(200, body))
        #expect(page.next == "next")
        #expect(page.keys.map(\.key.bytes) == [Array("é".utf8), Array("e\u{301}".utf8)])
        #expect(page.keys[0].metadata?.json == Array(#"{"b": 1.0,"a":"\u00e9"}"#.utf8))
        #expect(page.keys[0].expiration == Expiration(stored: 1_900_000_000))
        #expect(page.keys[1].metadata == nil)
    }

    @Test("an answer that is none is an error, not an empty page")
    func nonsense() {
        for body in [
            "", "{", "[]", "{}", "<html>", #"{"success":false,"result":[]}"#, #"{"result":[{"name":3}]}"#,
            #"{"result":[{"metadata":{}}]}"#,
        ] {
            #expect(throws: KVError.self) { try KeyPage(answer(200, body)) }
        }
    }

    @Test("texts that may be damaged count as not read")
    func damage() throws {
        let body = #"""
            {"result":{"values":{"plain":"text \ud83d\ude00","broken":"a\ufffdb","mark":"\ufeffx","gone":null,
             "__proto__":"p","empty":""}}}
            """#
        let values = try BulkGetRequest.values(in: answer(200, body), withMetadata: false)
        func value(_ name: String) throws -> [UInt8]?? { values[try Key(name)].map(\.value) }
        #expect(try value("plain") == Array("text 😀".utf8))
        #expect(try value("broken") == .some(nil))
        #expect(try value("mark") == .some(nil))
        #expect(try value("gone") == nil)
        #expect(try value("__proto__") == Array("p".utf8))
        #expect(try value("empty") == .some([]))
    }

    @Test("the place in a listing comes back from its text, and other texts are none")
    func positions() throws {
        let position = ListPosition(cursor: "AAA=", after: [0xC3, 0xA9, 0xFF])
        #expect(try ListPosition(position.pageCursor) == position)
        #expect(try ListPosition(nil) == ListPosition())
        for text in ["", "x", "not one!", PageCursor([1, 2], mark: "kv").text, PageCursor([1], mark: "cf").text] {
            #expect(throws: KVError.self) { try ListPosition(PageCursor(text)) }
        }
    }

    @Test("a request's parts are each one part of its path")
    func paths() throws {
        let id = NamespaceID("0123")
        #expect(
            Call.value(try Key("a/b c%?#é"), in: id).path == "/0123/values/a%2Fb%20c%25%3F%23%C3%A9?url_encoded=true")
        #expect(Call.value(try Key("..a"), in: id).path == "/0123/values/..a?url_encoded=true")
        #expect(Call.metadata(try Key("a^b"), in: id).path == "/0123/metadata/a%5Eb?url_encoded=true")
        let put = KeyInfo(key: try Key("a^b"), expiration: Expiration(stored: 4_102_444_800))
        #expect(
            Call.put(put, in: id, body: ByteBuffer(), contentType: "text/plain").path
                == "/0123/values/a%5Eb?url_encoded=true&expiration=4102444800")
        #expect(
            Call.keys(in: id, prefix: Array("a&b=".utf8), cursor: "x=", limit: 10).path
                == "/0123/keys?limit=10&prefix=a%26b%3D&cursor=x%3D")
    }

    @Test("a token is not printed")
    func secrets() {
        let token = CloudflareToken("s3cret")
        let account = CloudflareAccount(id: "a", token: token)
        for text in ["\(token)", String(reflecting: token), "\(account)", String(reflecting: account)] {
            #expect(!text.contains("s3cret"))
        }
        var dumped = ""
        dump(account, to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test("pauses grow, are spread, and come to an end")
    func backoff() {
        let backoff = Backoff(attempts: 4)
        #expect(backoff.pause(after: 1, asked: nil, chance: 0) == 0.1)
        #expect(backoff.pause(after: 2, asked: nil, chance: 0.5) == 0.4)
        #expect(backoff.pause(after: 1, asked: 3, chance: 0) == 3)
        #expect(backoff.pause(after: 4, asked: nil, chance: 0) == nil)
        #expect(backoff.pause(after: 3, asked: 0, chance: 0.5) == 0.8)
        let refused = (1...8).map { Backoff.pause(after: $0, chance: 0.5) }
        #expect(refused == refused.sorted() && refused.reduce(0, +) > 40 && refused.allSatisfy { $0 <= 20 })
    }
}
