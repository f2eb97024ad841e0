import Synchronization
import Testing

@testable import KVHTTP

@Suite("The memory budget")
struct MemoryBudgetTests {
    /// The order in which waiters got their reservations.
    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])
        func note(_ number: Int) { numbers.withLock { $0.append(number) } }
        var all: [Int] { numbers.withLock { $0 } }
    }

    @Test("grants what fits, and has it back when the reservation is gone")
    func fits() async throws {
        let budget = MemoryBudget(bytes: 100)
        var first: MemoryReservation? = try await budget.reserve(60)
        let second = try await budget.reserve(40)
        #expect(budget.reserved == 100)
        withExtendedLifetime(first) {}
        first = nil
        #expect(budget.reserved == 40)
        #expect(second.bytes == 40)
    }

    @Test("serves waiters in their order, also when a later one would fit")
    func order() async throws {
        let budget = MemoryBudget(bytes: 100, patience: .seconds(600))
        var held: MemoryReservation? = try await budget.reserve(90)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, bytes) in [80, 5, 100].enumerated() {
                group.addTask {
                    let reservation = try await budget.reserve(bytes)
                    order.note(number)
                    withExtendedLifetime(reservation) {}
                }
                while budget.waiting != number + 1 { await Task.yield() }
            }
            #expect(order.all.isEmpty && budget.reserved == 90)
            withExtendedLifetime(held) {}
            held = nil
            try await group.waitForAll()
        }
        // The first two fit at the same time; the third waits for both.
        #expect(order.all.last == 2 && Set(order.all) == [0, 1, 2])
        #expect(budget.reserved == 0)
    }

    @Test("refuses a waiter for which no room comes free in time")
    func expiry() async throws {
        let budget = MemoryBudget(bytes: 100, patience: .milliseconds(1))
        let held = try await budget.reserve(60)
        await #expect(throws: MemoryBudget.Exhausted.self) { try await budget.reserve(50) }
        let fits = try await budget.reserve(40)
        #expect(budget.reserved == 100 && held.bytes + fits.bytes == 100)
    }

    @Test("gives nothing to a waiter that is cancelled", arguments: 0..<20)
    func cancellation(round: Int) async throws {
        let budget = MemoryBudget(bytes: 100, patience: .seconds(600))
        let held = try await budget.reserve(100)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await budget.reserve(10)
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            if round.isMultiple(of: 2) { while budget.waiting == 0 { await Task.yield() } }
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(budget.waiting == 0 && budget.reserved == held.bytes)
    }

    @Test("takes more than the whole budget for the whole budget")
    func more() async throws {
        let budget = MemoryBudget(bytes: 100)
        let all = try await budget.reserve(1_000)
        #expect(all.bytes == 100 && budget.reserved == 100)
    }

    @Test("keeps one half from reservations that clients hold")
    func half() async throws {
        let budget = MemoryBudget(bytes: 100)
        let held = budget.reserveIfHalfIsFree(50)
        #expect(held != nil)
        #expect(budget.reserveIfHalfIsFree(1) == nil)
        let other = try await budget.reserve(50)
        #expect(other.bytes + (held?.bytes ?? 0) == budget.reserved)
    }

    @Test("refuses at once when too many wait")
    func waiters() async throws {
        let budget = MemoryBudget(bytes: 1, patience: .seconds(600))
        let held = try await budget.reserve(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = try? await budget.reserve(1) } }
            while budget.waiting < 100 { await Task.yield() }
            await #expect(throws: MemoryBudget.Exhausted.self) { try await budget.reserve(1) }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(budget.waiting == 0 && budget.reserved == held.bytes)
    }
}
