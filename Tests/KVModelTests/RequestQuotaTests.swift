import KVModel
import Testing

@Suite("A request quota")
struct RequestQuotaTests {
    @Test(
        "is a number of requests in a duration",
        arguments: [
            ("1200/300s", 300), ("1200/5m", 300), ("1/0.5s", 0.5), ("60/1h", 3_600), ("5/1d", 86_400), ("1/1m30s", 90),
        ]
            as [(String, Double)])
    func accepts(text: String, seconds: Double) throws {
        #expect(try RequestQuota(text).seconds == seconds)
    }

    @Test(
        "is refused in any other form",
        arguments: [
            "", "1200", "1200/", "/300s", "1200/300", "0/1s", "-1/1s", "1/0s", "1/-1s", "1/2d", "1/nans", "1/infs",
            "1/soon", "1/1.5m",
            "1/1s/1s", "1.5/1s",
        ])
    func refuses(text: String) {
        let error = #expect(throws: KVError.self) { try RequestQuota(text) }
        #expect(error?.code == .invalidRequest)
    }
}
