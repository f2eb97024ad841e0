import KVModel
import Testing

@testable import KVServer

@Suite("A bulk write")
struct BulkResultTests {
    private static let full = KVError(.diskFull, "The disk is full.")
    private let keys: [Key]

    init() throws {
        keys = try (0..<7).map { try Key("k\($0)") }
    }

    @Test("goes through all batches, and tells the keys that an engine would not take")
    func outcomes() async throws {
        var starts: [Int] = []
        let result = try await BulkResult.applying(upTo: 7) { start in
            starts.append(start)
            return keys[start..<min(7, start + 3)].map { ($0, $0.name != "k1" && $0.name != "k6") }
        }
        #expect(starts == [0, 3, 6])
        #expect(result.succeeded == 5 && result.failed == ["k1", "k6"] && result.tried == 7 && result.ending == nil)
    }

    @Test("that fails before anything is done is refused as a whole")
    func refused() async {
        await #expect(throws: Self.full) {
            _ = try await BulkResult.applying(upTo: 7) { _ in throw Self.full }
        }
    }

    @Test("that fails later tells what is done and what was not tried")
    func ended() async throws {
        let result = try await BulkResult.applying(upTo: 7) { start in
            guard start == 0 else { throw Self.full }
            return keys[..<3].map { ($0, true) }
        }
        #expect(result.succeeded == 3 && result.tried == 3 && result.ending as? KVError == Self.full)
    }

    @Test("that is cancelled says so")
    func cancelled() async {
        await #expect(throws: CancellationError.self) {
            _ = try await BulkResult.applying(upTo: 7) { start in
                guard start == 0 else { throw CancellationError() }
                return keys[..<3].map { ($0, true) }
            }
        }
    }

    @Test("of which nothing is to be applied does nothing")
    func none() async throws {
        let result = try await BulkResult.applying(upTo: 0) { _ in throw Self.full }
        #expect(result.succeeded == 0 && result.failed.isEmpty && result.tried == 0)
    }
}
