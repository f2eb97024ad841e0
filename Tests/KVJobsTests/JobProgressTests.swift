import KVLedger
import TestSupport
import Testing

@testable import KVJobs

@Suite("Progress")
struct JobProgressTests {
    private func progress(_ processed: Int, of total: Int?) -> JobProgress {
        var progress = JobProgress()
        progress.succeeded = processed
        progress.total = total
        return progress
    }

    @Test("is rounded down, and 100 only at the end")
    func percentage() {
        #expect(progress(0, of: 3).percentage(in: .running) == 0)
        #expect(progress(2, of: 3).percentage(in: .running) == 66)
        #expect(progress(3, of: 3).percentage(in: .running) == 99)
        #expect(progress(3, of: 3).percentage(in: .completed) == 100)
        #expect(progress(0, of: 0).percentage(in: .completed) == 100)
        #expect(progress(5, of: nil).percentage(in: .running) == nil)
        #expect(progress(1, of: 3).percentage(in: .cancelled) == 33)
    }

    @Test("tells each milestone once, also when a batch jumps over one")
    func milestones() {
        #expect(progress(60, of: 100).milestones(since: 0, state: .running) == [25, 50])
        #expect(progress(60, of: 100).milestones(since: 50, state: .running) == [])
        #expect(progress(75, of: 100).milestones(since: 60, state: .running) == [75])
        #expect(progress(9, of: 9).milestones(since: nil, state: .completed) == [25, 50, 75])
        #expect(progress(9, of: nil).milestones(since: nil, state: .running) == [])
    }

    @Test("the rate is that of the last few seconds")
    func rate() throws {
        var meter = ProgressMeter()
        #expect(meter.rate(at: 0, processed: 0) == nil)
        #expect(meter.rate(at: 1, processed: 100) == 100)
        for second in 2...20 { _ = meter.rate(at: Double(second), processed: 100 + (second - 1) * 10) }
        let last = meter.rate(at: 21, processed: 300)
        let rate = try #require(last)
        #expect(abs(rate - 10) < 0.001)
    }

    @Test("the time left follows from the rate, and is unknown with it")
    func timeLeft() {
        var running = progress(50, of: 150)
        #expect(running.secondsLeft(in: .running) == nil)
        running.ratePerSecond = 40
        #expect(running.secondsLeft(in: .running) == 3)
        #expect(running.secondsLeft(in: .completed) == nil)
    }
}
