import AsyncHTTPClient
import Foundation
import KVClient
import KVModel
import NIOCore
import NIOHTTP1

/// The figures of a server at one moment, out of its `/metrics`.
struct Figures: Sendable {
    private var samples: [String: Double] = [:]

    init(_ client: APIClient) async throws {
        let body = try await client.send(.GET, "/metrics").body.collect(upTo: 16 << 20)
        for line in String(buffer: body).split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]),
                value.isFinite, value.magnitude < 1e15
            else { continue }
            samples[String(line[..<space])] = value
        }
        for name in [
            "kv_manager_info", "kv_http_requests_in_flight", "kv_websockets_open", "kv_websockets_opened_total",
        ] {
            guard samples.contains(where: { Self.isOf(name, $0.key) && $0.value >= 0 }) else {
                throw Unmet("/metrics does not report \(name)")
            }
        }
    }

    private static func isOf(_ name: String, _ key: String) -> Bool { key == name || key.hasPrefix("\(name){") }

    /// The sum of a figure over all whose labels have these words in them, and none of the others.
    func sum(_ name: String, with words: [String] = [], without others: [String] = []) -> Double {
        samples.reduce(0) { sum, sample in
            let isMeant = Self.isOf(name, sample.key)
            let fits = words.allSatisfy { sample.key.contains($0) } && !others.contains { sample.key.contains($0) }
            return isMeant && fits ? sum + sample.value : sum
        }
    }

    /// The bound in seconds below which this share of requests stayed since `before`; nil where there were none. How long an
    /// upload takes says how long the way is.
    func latency(_ share: Double, since before: Figures) -> Double? {
        var counts: [Double: Double] = [:]
        for (key, value) in samples
        where key.hasPrefix("kv_http_request_duration_seconds_bucket") && !key.contains("/import\"") {
            guard let start = key.range(of: "le=\"")?.upperBound, let end = key[start...].firstIndex(of: "\"") else {
                continue
            }
            let bound = key[start..<end] == "+Inf" ? Double.infinity : Double(key[start..<end]) ?? .infinity
            counts[bound, default: 0] += value - (before.samples[key] ?? 0)
        }
        guard let all = counts[.infinity], all > 0 else { return nil }
        return counts.sorted { $0.key < $1.key }.first { $0.value >= share * all }?.key
    }
}
