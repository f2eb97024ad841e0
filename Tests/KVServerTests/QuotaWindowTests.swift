import KVModel
import Testing

@testable import KVServer

@Suite("A quota's window")
struct QuotaWindowTests {
    private static let start = Timestamp(milliseconds: 1_700_000_000_123)

    @Test("begins with the first request, and counts down what is left")
    func counts() throws {
        var window = QuotaWindow(try RequestQuota("3/10s"))
        #expect(window.take(at: Self.start) == .init(isOver: false, remaining: 2, secondsLeft: 10))
        #expect(
            window.take(at: Self.start.adding(milliseconds: 1)) == .init(isOver: false, remaining: 1, secondsLeft: 10))
        #expect(
            window.take(at: Self.start.adding(milliseconds: 1_000))
                == .init(isOver: false, remaining: 0, secondsLeft: 9))
    }

    @Test("refuses everything beyond the quota until it is over, however many ask")
    func refuses() throws {
        var window = QuotaWindow(try RequestQuota("1/10s"))
        _ = window.take(at: Self.start)
        for elapsed in stride(from: 0, to: 10_000, by: 100) as StrideTo<Int64> {
            let status = window.take(at: Self.start.adding(milliseconds: elapsed))
            #expect(status.isOver && status.remaining == 0)
        }
        #expect(
            window.take(at: Self.start.adding(milliseconds: 10_000))
                == .init(isOver: false, remaining: 0, secondsLeft: 10))
    }

    @Test(
        "tells a wait in whole seconds that is long enough, and never none", arguments: [1, 999, 1_000, 1_001, 2_499])
    func waits(elapsed: Int64) throws {
        var window = QuotaWindow(try RequestQuota("1/2.5s"))
        _ = window.take(at: Self.start)
        let wait = window.take(at: Self.start.adding(milliseconds: elapsed)).secondsLeft
        #expect(wait >= 1)
        #expect(!window.take(at: Self.start.adding(milliseconds: elapsed + Int64(wait) * 1_000)).isOver)
    }

    @Test("begins anew when the clock is set back")
    func clock() throws {
        var window = QuotaWindow(try RequestQuota("1/10s"))
        _ = window.take(at: Self.start)
        #expect(!window.take(at: Self.start.adding(milliseconds: -3_600_000)).isOver)
    }

    @Test("is each credential's own")
    func credentials() throws {
        var windows = QuotaWindows(try RequestQuota("1/10s"))
        for name in 0..<3 as Range<UInt8> {
            let credential = GatewayCredential(digest: [name])
            #expect(!windows.take(for: credential, at: Self.start).isOver)
            #expect(windows.take(for: credential, at: Self.start).isOver)
        }
    }

    @Test("is shared by those who come when too many are remembered, until windows are over")
    func bound() throws {
        var windows = QuotaWindows(try RequestQuota("1/10s"))
        func credential(_ number: Int) -> GatewayCredential {
            GatewayCredential(digest: [UInt8(number & 0xFF), UInt8(number >> 8)])
        }
        let count = QuotaWindows.maximumCredentials
        for number in 0..<count { #expect(!windows.take(for: credential(number), at: Self.start).isOver) }
        #expect(!windows.take(for: credential(count), at: Self.start).isOver)
        #expect(windows.take(for: credential(count + 1), at: Self.start).isOver)
        #expect(windows.take(for: credential(0), at: Self.start).isOver)
        #expect(!windows.take(for: credential(count + 1), at: Self.start.adding(milliseconds: 10_000)).isOver)
    }
}
