package import KVModel

/// How the gateway behaves: who may use it, and how it fails as the hosted service may.
package struct GatewayOptions: Sendable {
    package var tokens: GatewayTokens
    /// For each credential; nil: as many requests as it likes.
    package var quota: RequestQuota?
    /// Added to every request.
    package var latency: Duration
    /// That a request fails: 0 to 1.
    package var faultProbability: Double
    /// Of the numbers that decide on faults.
    package var seed: UInt64

    package init(
        tokens: GatewayTokens = GatewayTokens([]), quota: RequestQuota? = nil, latency: Duration = .zero,
        faultProbability: Double = 0, seed: UInt64 = 0
    ) {
        self.tokens = tokens
        self.quota = quota
        self.latency = latency
        self.faultProbability = faultProbability
        self.seed = seed
    }
}
