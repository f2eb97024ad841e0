import KVModel
import NIOCore

extension CloudflareEngine {
    /// How often keys that a bulk answer names as unsuccessful are sent again.
    private static let rounds = 6

    /// Sends one bulk request for the keys, and what is needed besides until each has its result: those that the answer
    /// names as unsuccessful go again by themselves; a request that is refused for what is in it goes again in halves,
    /// until the culprit stands alone. Returns the keys that failed; throws when none of it could be tried.
    func bulk(
        _ keys: [Key], _ kind: Call.Bulk, in namespace: NamespaceID, body: ([Key]) throws -> ByteBuffer
    ) async throws -> [Key: KVError] {
        var failures: [Key: KVError] = [:]
        var portions = keys[...].chunks(of: traits.batches.write)
        while let portion = portions.popLast() {
            switch try await attempts(portion, kind, in: namespace, body: body) {
            case .done(let unsuccessful):
                for key in unsuccessful { failures[key] = Self.unsuccessful(kind) }
            case .refused(let error):
                if portion.count == 1 {
                    failures[portion[0]] = error
                } else {
                    let half = portion.count / 2
                    portions += [Array(portion[half...]), Array(portion[..<half])]
                }
            }
        }
        return failures
    }

    private enum Attempts {
        case done(unsuccessful: [Key])
        case refused(KVError)
    }

    private func attempts(
        _ keys: [Key], _ kind: Call.Bulk, in namespace: NamespaceID, body: ([Key]) throws -> ByteBuffer
    ) async throws -> Attempts {
        var rest = keys
        for round in 1...Self.rounds where !rest.isEmpty {
            if round > 1 { try await pauseBefore(round) }
            let call = Call.bulk(kind, in: namespace, body: try body(rest))
            switch try await api.outcome(of: call) {
            case .received(let answer): rest = try Self.unsuccessful(in: answer, of: rest)
            case .refused(let refusal, let answer, _):
                let error = refusal.error(call, answer)
                // Of what an earlier round has taken already, nothing can be wrong with the request.
                guard refusal.isAboutContent, rest.count == keys.count else { throw error }
                return .refused(error)
            }
        }
        return .done(unsuccessful: rest)
    }

    private func pauseBefore(_ round: Int) async throws {
        let seconds = Backoff.forJobs.pause(after: round - 1, asked: nil, chance: .random(in: 0...1)) ?? 1
        try await Task.sleep(for: .seconds(seconds))
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
