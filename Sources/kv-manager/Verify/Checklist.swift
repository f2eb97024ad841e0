import KVClient

/// What was looked at, and whether it is as it should be.
struct Check: Encodable, Sendable {
    var section: String
    var name: String
    var passed: Bool
    /// For people.
    var seen: String
    var seconds: Double
}

/// Why a check does not hold.
struct Unmet: Error {
    var seen: String

    init(_ seen: String) {
        self.seen = seen
    }
}

/// Runs checks one after the other, and tells of each as it is done.
actor Checklist {
    private(set) var checks: [Check] = []
    private let tell: @Sendable (Check) async throws -> Void

    init(tell: @escaping @Sendable (Check) async throws -> Void) {
        self.tell = tell
    }

    var passed: Bool { checks.allSatisfy(\.passed) }

    /// - Parameter body: Returns what was seen; throws what keeps the check from holding.
    /// - Returns: Whether it holds.
    @discardableResult
    func check(_ section: String, _ name: String, _ body: @Sendable () async throws -> String) async throws -> Bool {
        try await value(section, name) { ((), try await body()) } != nil
    }

    /// The same for a check that finds something which is needed later: nil when it does not hold.
    func value<Value: Sendable>(
        _ section: String, _ name: String, _ body: @Sendable () async throws -> (Value, String)
    ) async throws -> Value? {
        let start = ContinuousClock.now
        var value: Value?
        var seen: String
        do {
            let found = try await body()
            (value, seen) = (found.0, found.1)
        } catch let error as CancellationError {
            throw error
        } catch let error as Unmet {
            seen = error.seen
        } catch let error as ClientError {
            seen = error.detail
        } catch {
            seen = "\(error)"
        }
        let check = Check(
            section: section, name: name, passed: value != nil, seen: seen,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        checks.append(check)
        try await tell(check)
        return value
    }
}
