import Testing

@testable import KVHTTP

@Suite("Accept-Encoding")
struct AcceptedCodingsTests {
    @Test(
        "accepts gzip where it is named, or all are, with a weight above 0",
        arguments: [
            ("gzip", true), ("GZIP", true), ("br, gzip", true), ("gzip;q=0.5", true), (" gzip ; q=1 ", true),
            ("*", true),
            ("*;q=0.1", true), ("gzip;q=0", false), ("gzip; q=0.000", false), ("*;q=0", false), ("*, gzip;q=0", false),
            ("gzip, *;q=0", true), ("identity;q=1, gzip;q=0.5", false), ("identity;q=0.5, gzip", true),
            ("identity, gzip", true), ("identity;q=0, *", true), ("", false), ("br", false), ("x-gzipped", false),
            (nil, false),
        ] as [(String?, Bool)])
    func accepts(header: String?, isAccepted: Bool) {
        #expect(AcceptedCodings(header).contains("gzip") == isAccepted)
    }
}
