import KVModel
import TestSupport
import Testing

@Suite("History")
struct HistoryTests {
    @Test("remembers the last stretches that are over, the empty ones too")
    func last() {
        var history = History(stretch: 10, count: 4, none: 0)
        #expect(history.last(3, before: 100) == [0, 0, 0])
        for (time, value) in [(100, 1), (105, 2), (120, 3), (139, 4)] as [(Timestamp, Int)] {
            history.note(at: time) { $0 += value }
        }
        #expect(history.last(3, before: 131) == [3, 0, 3])
        #expect(history.last(9, before: 140) == [0, 3, 4])
        #expect(history.last(2, before: 141) == [3, 4])
    }

    @Test("forgets what is older than it is long")
    func forgets() {
        var history = History(stretch: 1, count: 3, none: 0)
        for time in Int64(0)..<10 { history.note(at: Timestamp(milliseconds: time)) { $0 = Int(time) } }
        #expect(history.last(3, before: 10) == [8, 9])
        history.note(at: 100) { $0 = 5 }
        #expect(history.last(2, before: 101) == [0, 5])
    }
}
