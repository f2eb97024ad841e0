/// What arrived at the gateway since the start, or since it was last asked to count anew.
struct GatewayUsage: Sendable {
    /// Everything, that which was refused too.
    private(set) var requests = 0
    private(set) var throttled = 0
    private(set) var faults = 0
    /// By the route's pattern: no more than there are routes.
    private(set) var byRoute: [String: Int] = [:]

    mutating func count(_ route: GatewayRoute) {
        requests += 1
        byRoute[route.label, default: 0] += 1
    }

    mutating func countThrottled() { throttled += 1 }
    mutating func countFault() { faults += 1 }
}
