import Hummingbird
import KVHTTP
import KVModel

/// What arrived at the gateway.
struct GatewayUsageRoutes {
    let conditions: GatewayConditions

    func add(to router: RouteTable<AppContext>) {
        router.get("/api/gateway/usage", requires: .readMonitor) { _, _ in answer(conditions.usage) }
        router.delete("/api/gateway/usage", requires: .manageSettings) { _, _ in
            conditions.resetUsage()
            return Response(status: .noContent)
        }
    }

    private func answer(_ usage: GatewayUsage) -> Response {
        .json { json in
            json.member("requests", usage.requests)
            json.member("throttled", usage.throttled)
            json.member("faults", usage.faults)
            json.name("byRoute")
            json.object { json in
                for (label, count) in usage.byRoute.sorted(by: { $0.key < $1.key }) {
                    json.name(utf8: Array(label.utf8))
                    json.integer(count)
                }
            }
        }
    }
}
