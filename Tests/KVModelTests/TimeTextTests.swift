import KVModel
import Testing

@Suite("Durations and times as text")
struct TimeTextTests {
    @Test(
        "A duration has a number with each unit",
        arguments: [
            ("90", 90), ("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600),
            ("1d12h", 129_600),
            ("1h 30m", 5_400), ("15 min", 900), ("1 hour", 3_600), ("2 days", 172_800), ("0s", 0), ("90.0", 90),
            ("9e1", 90),
            ("-60", -60), ("090s", 90), ("1s1s", 2), ("9223372036854775807", .max), ("9223372036854775807s", .max),
        ] as [(String, Int64)])
    func durations(text: String, seconds: Int64) {
        #expect(TimeText.seconds(text) == seconds)
    }

    @Test(
        "Other text is not a duration",
        arguments: [
            "", " ", "s", "1x", "1M", "1H", "1.5h", "-1h", "+1h", "1h30", "h1", "1 ", "1h,30m", "١h", "1h\n", "1mo",
            "1y",
            "PT1H", "soon", "1ss", "9223372036854775808s", "9223372036854775807m", "9223372036854775807s1s",
        ])
    func notDurations(text: String) {
        #expect(TimeText.seconds(text) == nil)
        #expect(throws: KVError.self) { try Expiration.ttl(text) }
    }

    @Test(
        "A time has a time zone",
        arguments: [
            ("2030-01-01T00:00:00Z", 1_893_456_000), ("2030-01-01t00:00:00z", 1_893_456_000),
            ("2030-01-01T02:00:00+02:00", 1_893_456_000), ("2029-12-31T19:30:00-04:30", 1_893_456_000),
            ("2030-01-01T00:00:00.999Z", 1_893_456_000), ("2030-01-01 00:00:00Z", 1_893_456_000),
            ("2030-01-01 02:00 +0200", 1_893_456_000), ("2030-01-01T02:00+02", 1_893_456_000),
            ("2030-01-01Z", 1_893_456_000),
            ("2030-01-01 UTC", 1_893_456_000), ("2030-01-01 00:00 GMT", 1_893_456_000),
            ("2030-01-01+02:00", 1_893_448_800),
            ("2030-01-01-05:00", 1_893_474_000), ("2032-02-29Z", 1_961_625_600), ("2000-02-29T12:00:00Z", 951_825_600),
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("1893456000", 1_893_456_000),
            ("1.893456e9", 1_893_456_000), ("-1", -1),
        ] as [(String, Int64)])
    func times(text: String, seconds: Int64) throws {
        #expect(try Expiration.seconds(text) == seconds)
    }

    @Test(
        "Other text is not a time",
        arguments: [
            "", "2030-01-01", "2030-01-01T00:00:00", "2030-01-01 00:00", "2030-1-1Z", "2030-13-01Z", "2030-00-01Z",
            "2030-01-00Z", "2030-01-32Z", "2030-02-29Z", "2100-02-29Z", "2030-04-31Z", "2030-01-01T24:00:00Z",
            "2030-01-01T00:60:00Z",
            "2030-01-01T00:00:61Z", "2030-01-01T00Z", "2030-01-01TZ", "2030-01-01T00:00:00.Z",
            "2030-01-01T00:00:00.1234567890Z",
            "2030-01-01T00:00:00+2:00", "2030-01-01T00:00:00+24:00", "2030-01-01T00:00:00+02:60",
            "2030-01-01T00:00:00+02:0",
            "2030-01-01T00:00:00 02:00", "2030-01-01T00:00:00Z ", " 2030-01-01T00:00:00Z", "2030-01-01T00:00:00ZZ",
            "20300101T000000Z", "02030-01-01Z", "0000-01-01Z", "2030-01-01 CET", "01.01.2030", "01/02/2030", "tomorrow",
            "1h",
        ])
    func notTimes(text: String) {
        #expect(TimeText.milliseconds(text) == nil)
        #expect(throws: KVError.self) { try Expiration.seconds(text) }
    }

    @Test(
        "Milliseconds are kept",
        arguments: [("00.5", 500), ("00.25", 250), ("00.123456789", 123), ("01.000", 1_000)] as [(String, Int64)])
    func fractions(second: String, milliseconds: Int64) {
        #expect(TimeText.milliseconds("1970-01-01T00:00:\(second)Z") == milliseconds)
    }

    @Test("Every day follows the one before")
    func everyDay() throws {
        var expected: Int64 = 0
        for year in 1970...2105 {
            for month in 1...12 {
                for day in 1...31 {
                    let date = [(year, 4), (month, 2), (day, 2)].map { number, width in
                        let digits = String(number)
                        return String(repeating: "0", count: width - digits.count) + digits
                    }
                    guard let found = TimeText.milliseconds(date.joined(separator: "-") + "Z") else {
                        try #require(day > 28)
                        continue
                    }
                    try #require(found == expected)
                    expected += 86_400_000
                }
            }
        }
    }

    @Test("JSON has a number or a string")
    func json() throws {
        #expect(try read("90") { try $0.ttl() } == 90)
        #expect(try read(" \"15m\"") { try $0.ttl() } == 900)
        #expect(try read("\"\\u0031d\"") { try $0.ttl() } == 86_400)
        #expect(try read("1893456000.0") { try $0.expiration() } == 1_893_456_000)
        #expect(try read("\"2030-01-01T00:00:00Z\"") { try $0.expiration() } == 1_893_456_000)
        for text in ["true", "[]", "1.5", "\"\"", "\"soon\"", "\"\(String(repeating: "0", count: 100))1\""] {
            #expect(throws: (any Error).self) { try read(text) { try $0.ttl() } }
            #expect(throws: (any Error).self) { try read(text) { try $0.expiration() } }
        }
    }

    private func read(_ text: String, _ body: (inout JSONScanner) throws -> Int64) throws -> Int64 {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try body(&scanner)
        }
    }
}
