import KVModel
import NIOCore

extension CloudflareEngine {
    /// How often keys that a bulk answer names as unsuccessful are sent again.
    private static let rounds = 6

    /// Sends one bulk request for the keys, and what is needed besides until each has its result: those that the answer
    /// names as unsuccessful go again by themselves; a request that is refused for what is in it goes again in halves,
    /// until the culprit stands alone. Returns the keys that failed.
    ///
    /// Throws what kept all of it from being tried. Once a part is done, what keeps the rest from it is those keys' failure.
    ///
    /// - Parameter isLate: what has come too late for the service while it waited, and so has to be left out.
    func bulk(
        _ keys: [Key], _ kind: Call.Bulk, in namespace: NamespaceID, body: ([Key]) throws -> ByteBuffer,
        isLate: (Key) -> Bool = { _ in false }
    ) async throws -> [Key: KVError] {
        var failures: [Key: KVError] = [:]
        var portions = keys[...].chunks(of: traits.batches.write)
        var isPartDone = false
        while let portion = portions.popLast() {
            let attempts: Attempts
            do {
                attempts = try await self.attempts(portion, kind, in: namespace, body: body)
            } catch let error as KVError where isPartDone {
                attempts = Attempts(rest: portion, error: error)
            }
            isPartDone = isPartDone || attempts.rest.count < portion.count
            guard let error = attempts.error, attempts.isRefusal else {
                for key in attempts.rest { failures[key] = attempts.error ?? Self.unsuccessful(kind) }
                continue
            }
            let late = attempts.rest.filter(isLate)
            for key in late { failures[key] = error }
            let rest = attempts.rest.filter { failures[$0] == nil }
            if late.isEmpty, rest.count == 1 {
                failures[rest[0]] = error
            } else if late.isEmpty {
                let half = rest.count / 2
                portions += [Array(rest[half...]), Array(rest[..<half])]
            } else if !rest.isEmpty {
                portions.append(rest)
            }
        }
        return failures
    }

    /// What several rounds have come to.
    private struct Attempts {
        /// Not done.
        var rest: [Key]
        /// Why; nil: the service did not say.
        var error: KVError?
        /// Whether a request with other content may be taken.
        var isRefusal = false
    }

    private func attempts(
        _ keys: [Key], _ kind: Call.Bulk, in namespace: NamespaceID, body: ([Key]) throws -> ByteBuffer
    ) async throws -> Attempts {
        var rest = keys
        for round in 1...Self.rounds where !rest.isEmpty {
            if round > 1 { try await pauseBefore(round) }
            let call = Call.bulk(kind, in: namespace, body: try body(rest))
            do {
                switch try await api.outcome(of: call) {
                case .received(let answer): rest = try Self.unsuccessful(in: answer, of: rest)
                case .refused(let refusal, let answer, _):
                    let error = refusal.error(call, answer)
                    guard refusal.isAboutContent else { throw error }
                    return Attempts(rest: rest, error: error, isRefusal: true)
                }
            } catch let error as KVError where rest.count < keys.count {
                return Attempts(rest: rest, error: error)
            }
        }
        return Attempts(rest: rest)
    }

    private func pauseBefore(_ round: Int) async throws {
        let seconds = Backoff.forJobs.pause(after: round - 1, asked: nil, chance: .random(in: 0...1)) ?? 1
        try await context.pause(seconds: seconds)
    }

    private static func unsuccessful(in answer: Answer, of keys: [Key]) throws -> [Key] {
        var names: Set<[UInt8]> = []
        try answer.read { scanner in
            guard scanner.peek() == UInt8(ascii: "{") else {
                try scanner.skipValue()
                return
            }
            try scanner.object { name, scanner in
                guard name == "unsuccessful_keys", scanner.peek() == UInt8(ascii: "[") else {
                    try scanner.skipValue()
                    return
                }
                try scanner.array { names.insert(try $0.string()) }
            }
        }
        return names.isEmpty ? [] : keys.filter { names.contains($0.bytes) }
    }

    private static func unsuccessful(_ kind: Call.Bulk) -> KVError {
        KVError(
            .storeUnavailable,
            "Cloudflare did not \(kind == .delete ? "delete" : "write") this key, asked \(rounds) times. Try it again.")
    }
}
