import Synchronization

/// The ids of a large value's pieces, given out one by one. A stream's closure may not hold a variable of its own.
final class PieceCursor: Sendable {
    private let next: Atomic<Int>
    private let end: Int

    init(next: Int, end: Int) {
        self.next = Atomic(next)
        self.end = end
    }

    func advance() -> Int? {
        let id = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return id < end ? id : nil
    }
}
