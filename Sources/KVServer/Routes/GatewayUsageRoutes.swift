import Hummingbird
import KVAPI
import KVHTTP
import KVModel

/// What arrived at the gateway.
struct GatewayUsageRoutes {
    let conditions: GatewayConditions

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/gateway/usage", requires: .readMonitor) { _, _ in try answer(conditions.usage) }
        router.delete("/api/gateway/usage", requires: .manageSettings) { _, _ in
            conditions.resetUsage()
            return Response(status: .noContent)
        }
    }

    private func answer(_ usage: GatewayUsage) throws -> Response {
        try .json(
            .ok,
            API.GatewayUsage(
                requests: usage.requests, throttled: usage.throttled, faults: usage.faults, byRoute: usage.byRoute))
    }
}
