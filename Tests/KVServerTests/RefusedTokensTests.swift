import KVModel
import TestSupport
import Testing

@testable import KVServer

@Suite("Wrong tokens at the gateway")
struct RefusedTokensTests {
    @Test("make their address wait twice as long each time, up to a second, and no other")
    func delays() {
        var refused = RefusedTokens()
        let delays = (0..<20).map { time in refused.note(from: "a", at: Timestamp(milliseconds: Int64(time))).delay }
        #expect(
            delays.prefix(8) == [10, 20, 40, 80, 160, 320, 640, 1_000] && delays.dropFirst(8).allSatisfy { $0 == 1_000 }
        )
        #expect(refused.note(from: "b", at: 30).delay == 10)
        #expect(refused.note(from: "a", at: 60_019).delay == 10, "a minute without one forgets those before")
        #expect(refused.total == 22)
    }

    @Test("wait no more than a hundred at a time")
    func boundsWaiting() {
        var refused = RefusedTokens()
        for number in 0..<RefusedTokens.maximumWaiting { #expect(refused.note(from: "\(number)", at: 0).delay != nil) }
        #expect(refused.note(from: "x", at: 0).delay == nil && refused.waiting == RefusedTokens.maximumWaiting)
        refused.end()
        #expect(refused.note(from: "x", at: 0).delay != nil)
    }

    @Test("are remembered of a thousand addresses; the others count as one")
    func boundsAddresses() {
        var refused = RefusedTokens()
        for number in 0..<RefusedTokens.maximumClients {
            #expect(refused.note(from: "\(number)", at: 0).delay == 10)
            refused.end()
        }
        #expect((0..<3).map { refused.note(from: "new \($0)", at: 1).delay } == [10, 20, 40])
        #expect(refused.note(from: "later", at: 70_000).delay == 10)
    }

    @Test("have a line in the log once a minute")
    func logsSometimes() {
        var refused = RefusedTokens()
        let times: [Timestamp] = [0, 1, 59_999, 60_000, 60_001, 119_999, 120_000]
        let logged = times.filter { refused.note(from: "a", at: $0).isToBeLogged }
        #expect(logged == [0, 60_000, 120_000])
    }
}
