import KVClient

/// What was looked at, and whether it is as it should be.
struct Check: Encodable, Sendable {
    var section: String
    var name: String
    var passed: Bool
    /// For people.
    var seen: String
    /// What to change in a proxy that may have caused it.
    var advice: String?
    var seconds: Double
}

/// Why a check does not hold.
struct Unmet: Error {
    var seen: String
    /// What a proxy may have broken.
    var fault: ProxyFault?

    init(_ seen: String, _ fault: ProxyFault? = nil) {
        self.seen = seen
        self.fault = fault
    }

    init(_ error: any Error) {
        switch error {
        case let error as Unmet: self = error
        case let error as ClientError: self.init(error.detail, Self.fault(of: error))
        default: self.init("\(error)")
        }
    }

    /// Answers that KV Manager gave have a code.
    private static func fault(of error: ClientError) -> ProxyFault? {
        switch error.kind {
        case .notUpgraded: .upgrade
        case .refused(413) where error.code.isEmpty: .body
        case .refused(431) where error.code.isEmpty: .headers
        case .refused(504): .heldAnswer
        default: nil
        }
    }
}

/// Runs checks one after the other, and tells of each as it is done.
actor Checklist {
    private(set) var checks: [Check] = []
    /// The one between here and the server, if it is known.
    private var proxy: ReverseProxy?
    private let tell: @Sendable (Check) async throws -> Void

    init(tell: @escaping @Sendable (Check) async throws -> Void) {
        self.tell = tell
    }

    var passed: Bool { checks.allSatisfy(\.passed) }

    func expect(_ proxy: ReverseProxy?) { self.proxy = proxy }

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
        let seen: String
        var fault: ProxyFault?
        do {
            let found = try await body()
            (value, seen) = (found.0, found.1)
        } catch let error as CancellationError {
            throw error
        } catch {
            let unmet = Unmet(error)
            (seen, fault) = (unmet.seen, unmet.fault)
        }
        let check = Check(
            section: section, name: name, passed: value != nil, seen: seen,
            advice: fault.map { ReverseProxy.advice(on: $0, in: proxy) },
            seconds: (ContinuousClock.now - start) / .seconds(1))
        checks.append(check)
        try await tell(check)
        return value
    }
}
