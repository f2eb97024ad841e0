import Hummingbird
import KVModel

/// What became of a bulk write, key by key.
struct BulkResult {
    private(set) var succeeded = 0
    private(set) var failed: [String] = []
    /// How many keys were tried; those behind them have not been touched.
    private(set) var tried = 0
    /// What ended the work before all was tried.
    private(set) var ending: (any Error)?

    /// Applies batches until `end` keys are tried. What is thrown before the first is done is thrown; what is thrown later
    /// ends the work, since what is done is to be told.
    ///
    /// - Parameter apply: applies the batch that begins at `start`, and returns each of its keys with whether it was done.
    static func applying(
        upTo end: Int, _ apply: (_ start: Int) async throws -> [(key: Key, isDone: Bool)]
    ) async throws -> BulkResult {
        var result = BulkResult()
        while result.tried < end {
            do {
                let outcomes = try await apply(result.tried)
                result.tried += outcomes.count
                result.succeeded += outcomes.count { $0.isDone }
                result.failed += outcomes.filter { !$0.isDone }.map(\.key.name)
            } catch  where result.tried > 0 && !(error is CancellationError) {
                result.ending = error
                return result
            }
        }
        return result
    }

    mutating func add(untried names: [String]) { failed += names }

    var response: Response {
        .envelope(capacity: 512 + failed.reduce(0) { $0 + $1.utf8.count + 8 }) { json in
            json.object { json in
                json.member("successful_key_count", succeeded)
                json.name("unsuccessful_keys")
                json.array(failed) { json, name in json.string(name) }
            }
        }
    }
}

extension WriteOutcome {
    var isDone: Bool { if case .failed = self { false } else { true } }
}

extension DeleteOutcome {
    var isDone: Bool { if case .failed = self { false } else { true } }
}
