import KVModel
import Testing

@Suite("An expiration")
struct ExpirationTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_999)

    @Test(
        "lies after now and before the year 10,000",
        arguments: [1_800_000_001, 1_800_000_060, 253_402_300_799] as [Int64])
    func acceptsTimes(seconds: Int64) throws {
        #expect(try Expiration(at: seconds, now: now).seconds == seconds)
    }

    @Test(
        "is refused at any other time",
        arguments: [1_800_000_000, 1_799_999_999, 0, -1, .min, .max, 253_402_300_800] as [Int64])
    func refusesTimes(seconds: Int64) {
        let error = #expect(throws: KVError.self) { try Expiration(at: seconds, now: now) }
        #expect(error?.code == .invalidExpiration)
    }

    @Test("follows from a ttl of at least 60 seconds", arguments: [60, 61, 86_400, 251_602_300_799] as [Int64])
    func acceptsTTL(ttl: Int64) throws {
        #expect(try Expiration(ttl: ttl, now: now).seconds == now.seconds + ttl)
    }

    @Test("does not follow from any other ttl", arguments: [59, 1, 0, -60, .min, .max, 251_602_300_800] as [Int64])
    func refusesTTL(ttl: Int64) {
        let error = #expect(throws: KVError.self) { try Expiration(ttl: ttl, now: now) }
        #expect(error?.code == .invalidExpiration)
    }

    @Test("has passed in the second that it names")
    func passes() {
        #expect(Expiration(stored: now.seconds).isPast(at: now))
        #expect(!Expiration(stored: now.seconds + 1).isPast(at: now))
    }
}
