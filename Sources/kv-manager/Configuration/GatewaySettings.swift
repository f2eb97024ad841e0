import ArgumentParser
import KVModel
import KVServer

/// The options of `serve` for the gateway.
struct GatewayFlags: ParsableArguments {
    @Option(
        name: .customLong("gateway-quota"),
        help: "The quota of each credential, such as 1200/300s. Further requests are answered with 429.")
    var quota: String?

    @Option(name: .customLong("gateway-latency"), help: "The delay of every request, such as 20ms.")
    var latency: String?

    @Option(name: .customLong("gateway-faults"), help: "The probability that a request fails, from 0 to 1.")
    var faults: String?

    @Option(
        name: .customLong("gateway-seed"),
        help: "A whole number that selects the requests that fail; the same number selects the same ones.")
    var seed: String?

    var given: [Setting: String?] {
        [.gatewayQuota: quota, .gatewayLatency: latency, .gatewayFaults: faults, .gatewaySeed: seed]
    }
}

extension GatewayOptions {
    init(_ choices: Choices) throws(KVError) {
        self.init(tokens: try Self.tokens(choices.text(.gatewayTokens)))
        if let quota = try choices.read(.gatewayQuota, Self.quota) { self.quota = quota }
        if let latency = try choices.read(.gatewayLatency, Self.latency) { self.latency = latency }
        if let probability = try choices.read(.gatewayFaults, Self.probability) { faultProbability = probability }
        seed = try choices.read(.gatewaySeed, Self.seed) ?? UInt64.random(in: 0...UInt64.max)
    }

    private static func tokens(_ text: String?) throws(KVError) -> GatewayTokens {
        guard let text else { return GatewayTokens([]) }
        let tokens = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        guard !tokens.isEmpty else {
            throw KVError(
                .invalidRequest, "KV_MANAGER_GATEWAY_TOKENS has no tokens; set comma-separated tokens, or unset it.")
        }
        return GatewayTokens(tokens)
    }

    private static func quota(_ text: String) throws(KVError) -> RequestQuota { try RequestQuota(text) }

    private static func latency(_ text: String) throws(KVError) -> Duration {
        let unit = text.hasSuffix("ms") ? "ms" : "s"
        guard text.hasSuffix(unit), let number = Double(text.dropLast(unit.count)),
            case let seconds = unit == "ms" ? number / 1_000 : number, (0...60).contains(seconds)
        else {
            throw KVError(
                .invalidRequest,
                "Invalid gateway latency \"\(text)\": use a duration of at most 60s, such as 20ms or 1.5s.")
        }
        return .seconds(seconds)
    }

    private static func probability(_ text: String) throws(KVError) -> Double {
        guard let probability = Double(text), (0...1).contains(probability) else {
            throw KVError(
                .invalidRequest,
                "Invalid probability \"\(text)\" of gateway faults: use a number from 0 to 1, such as 0.01.")
        }
        return probability
    }

    private static func seed(_ text: String) throws(KVError) -> UInt64 {
        guard let seed = UInt64(text) else {
            throw KVError(.invalidRequest, "Invalid gateway seed \"\(text)\": use a whole number, such as 42.")
        }
        return seed
    }
}
