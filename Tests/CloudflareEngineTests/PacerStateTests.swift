import KVModel
import Testing

@testable import CloudflareEngine

@Suite("The pacer, against a virtual clock")
struct PacerStateTests {
    private typealias Ticket = PacerState.Ticket

    private func pacer(_ quota: String) throws -> PacerState { PacerState(quota: try RequestQuota(quota)) }

    private func ask(_ pacer: inout PacerState, _ priority: WorkContext.Priority, _ numbers: Range<Int>) {
        for number in numbers { pacer.ask(Ticket(number: number, priority: priority)) }
    }

    /// Admits and answers at once, as far as it goes at this time; the numbers in their order.
    private func drain(_ pacer: inout PacerState, at now: Double) -> [Int] {
        var numbers: [Int] = []
        while true {
            let admitted = pacer.admit(at: now).admitted
            guard !admitted.isEmpty else { return numbers }
            for ticket in admitted {
                numbers.append(ticket.number)
                pacer.answered(ticket.priority, nil, at: now)
            }
        }
    }

    @Test("jobs leave a tenth of the quota to people")
    func reserve() throws {
        var pacer = try pacer("100/10s")
        ask(&pacer, .jobs, 0..<200)
        #expect(drain(&pacer, at: 0).count == 90)
        ask(&pacer, .users, 200..<300)
        #expect(drain(&pacer, at: 1) == Array(200..<210))
        #expect(pacer.remaining(at: 1) == 0)
    }

    @Test("people go before jobs that asked earlier; each in the order of asking")
    func order() throws {
        var pacer = try pacer("100/10s")
        ask(&pacer, .jobs, 0..<3)
        ask(&pacer, .users, 3..<6)
        #expect(drain(&pacer, at: 0) == [3, 4, 5, 0, 1, 2])
    }

    @Test("what has left the window goes out again, no earlier")
    func window() throws {
        var pacer = try pacer("10/10s")
        ask(&pacer, .jobs, 0..<20)
        #expect(drain(&pacer, at: 0).count == 9)
        let again = try #require(pacer.admit(at: 5).lookAgainAt)
        #expect(again > 10 && again < 10.2)
        #expect(drain(&pacer, at: again - 0.001).isEmpty)
        #expect(drain(&pacer, at: again).count == 9)
    }

    @Test("no more are under way at once than there are places, fewer of jobs")
    func places() throws {
        var pacer = try pacer("1000/10s")
        ask(&pacer, .jobs, 0..<50)
        #expect(pacer.admit(at: 0).admitted.count == PacerState.placesForJobs)
        ask(&pacer, .users, 50..<100)
        #expect(pacer.admit(at: 0).admitted.count == PacerState.places - PacerState.placesForJobs)
        #expect(pacer.obstacle(for: .users, at: 0) == .places)
        pacer.answered(.jobs, nil, at: 0)
        #expect(pacer.admit(at: 0).admitted.map(\.number) == [54])
    }

    @Test("a refusal stops everybody for as long as it says, or for the window")
    func refusal() throws {
        var pacer = try pacer("100/60s")
        pacer.refused(for: 7, at: 0)
        ask(&pacer, .users, 0..<1)
        #expect(pacer.admit(at: 6.9).lookAgainAt == 7)
        #expect(pacer.isRefused(at: 6.9) == 7)
        #expect(drain(&pacer, at: 7) == [0])
        pacer.refused(for: nil, at: 10)
        #expect(pacer.obstacle(for: .users, at: 11) == .refused(until: 70))
        // A shorter one that comes later does not shorten it.
        pacer.refused(for: 1, at: 12)
        #expect(pacer.obstacle(for: .users, at: 20) == .refused(until: 70))
    }

    @Test("what the server says is left counts, where it is less")
    func headers() throws {
        var pacer = try pacer("100/60s")
        ask(&pacer, .jobs, 0..<30)
        let first = pacer.admit(at: 0).admitted
        #expect(first.count == 12)
        // Somebody else uses the credential too: 25 are left, of which 11 may be these on their way.
        pacer.answered(.jobs, RateLimit(remaining: 25, seconds: 30), at: 1)
        for _ in 1..<12 { pacer.answered(.jobs, nil, at: 1) }
        #expect(pacer.remaining(at: 1) == 14)
        #expect(drain(&pacer, at: 1).count == 4)
        #expect(pacer.admit(at: 2).lookAgainAt == 31)
        #expect(drain(&pacer, at: 31).count == 14)
    }

    @Test("jobs leave a tenth of what the server's own windows allow, should those be smaller")
    func smallWindows() throws {
        var pacer = try pacer("1200/300s")
        ask(&pacer, .jobs, 0..<100)
        #expect(pacer.admit(at: 0).admitted.count == 12)
        pacer.answered(.jobs, RateLimit(remaining: 60, seconds: 30, quota: 100), at: 0)
        for _ in 1..<12 { pacer.answered(.jobs, nil, at: 0) }
        // 60 less the 11 that were on their way, less ten for people.
        #expect(drain(&pacer, at: 0).count == 39)
    }

    @Test("who gives up is not let in")
    func withdrawal() throws {
        var pacer = try pacer("100/60s")
        ask(&pacer, .jobs, 0..<3)
        pacer.withdraw(Ticket(number: 1, priority: .jobs))
        #expect(drain(&pacer, at: 0) == [0, 2])
        #expect(pacer.waiting == 0)
    }

    /// A server that counts in fixed windows, the first of which begins with its first request.
    private struct Server {
        let quota: RequestQuota
        var begin: Double?
        var count = 0

        mutating func takes(at time: Double) -> (isTaken: Bool, limit: RateLimit) {
            if begin.map({ time >= $0 + quota.seconds }) ?? true { (begin, count) = (time, 0) }
            count += 1
            let left = RateLimit(
                remaining: max(0, quota.requests - count), seconds: ((begin ?? 0) + quota.seconds - time).rounded(.up))
            return (count <= quota.requests, left)
        }
    }

    @Test("is never refused by a server of fixed windows, whatever the ways take", arguments: 0..<20, [true, false])
    func neverRefused(seed: UInt64, serverTells: Bool) throws {
        var random = SplitMix64(seed: seed)
        let quota = try RequestQuota("240/60s")
        var pacer = PacerState(quota: quota)
        var server = Server(quota: quota)
        ask(&pacer, .jobs, 0..<1_000)
        var now = 0.0
        var answers: [(time: Double, priority: WorkContext.Priority, limit: RateLimit)] = []
        var arrivals: [(time: Double, priority: WorkContext.Priority)] = []
        var done = 0
        while done < 1_000 {
            for ticket in pacer.admit(at: now).admitted {
                arrivals.append((now + Double.random(in: 0.001...0.3, using: &random), ticket.priority))
            }
            arrivals.sort { $0.time < $1.time }
            answers.sort { $0.time < $1.time }
            switch (arrivals.first?.time, answers.first?.time) {
            case (let arrival?, let answer) where answer.map { arrival <= $0 } ?? true:
                let (time, priority) = arrivals.removeFirst()
                now = max(now, time)
                let (isTaken, limit) = server.takes(at: time)
                try #require(isTaken, "refused at \(time), seed \(seed)")
                answers.append((time + Double.random(in: 0.001...0.3, using: &random), priority, limit))
            case (_, let answer?):
                let (_, priority, limit) = answers.removeFirst()
                now = max(now, answer)
                pacer.answered(priority, serverTells ? limit : nil, at: now)
                done += 1
            case (_, nil):
                now = try #require(pacer.admit(at: now).lookAgainAt)
            }
        }
        // 1,000 requests need five windows of 216: four ends of windows have to be waited for.
        #expect(now < 4 * 60 * 1.1)
    }
}

/// Random numbers that a seed brings again.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
