import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

/// What clients ask before they come to the point: whose token this is, and which accounts it may use. Accounts are stores.
struct GatewayAccountRoutes {
    let resources: WorkspaceResources

    func add(to router: RouteTable<AppContext>) {
        router.add(GatewayRoute.user, GatewayEndpoint(.get, "get user", requires: .signedIn) { _, _ in user })
        router.add(
            "\(GatewayRoute.user)/tokens/verify",
            GatewayEndpoint(.get, "verify token", requires: .signedIn) { _, _ in verified })
        router.add(GatewayRoute.accounts, GatewayEndpoint(.get, "list accounts", requires: .read, accounts))
        router.add("\(GatewayRoute.accounts)/:store", GatewayEndpoint(.get, "get account", requires: .read, account))
        router.add(
            "\(GatewayRoute.accounts)/:store/tokens/verify",
            GatewayEndpoint(.get, "verify token", requires: .signedIn, verifyForAccount))
        router.add(GatewayRoute.memberships, GatewayEndpoint(.get, "list memberships", requires: .read, memberships))
    }

    private var user: Response {
        .envelope { json in
            json.object { json in
                json.member("id", "local")
                json.member("email", "local@localhost")
            }
        }
    }

    private var verified: Response {
        .envelope { json in
            json.object { json in
                json.member("id", "local")
                json.member("status", "active")
            }
        }
    }

    @Sendable private func verifyForAccount(_ request: Request, _ context: AppContext) throws -> Response {
        _ = try context.workspace(resources).store(named: context.part("store"))
        return verified
    }

    @Sendable private func accounts(_ request: Request, _ context: AppContext) throws -> Response {
        try .envelope(NumberedPage(Query(request)), of: context.workspace(resources).stores()) { json, store in
            json.account(store)
        }
    }

    @Sendable private func account(_ request: Request, _ context: AppContext) throws -> Response {
        let store = try context.workspace(resources).store(named: context.part("store"))
        return .envelope { $0.account(store) }
    }

    @Sendable private func memberships(_ request: Request, _ context: AppContext) throws -> Response {
        try .envelope(NumberedPage(Query(request)), of: context.workspace(resources).stores()) { json, store in
            json.object { json in
                json.member("id", store.name)
                json.member("status", "accepted")
                json.name("account")
                json.account(store)
                json.name("roles")
                json.array([Never]()) { _, _ in }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func account(_ store: StoreDescription) {
        object { json in
            json.member("id", store.name)
            json.member("name", store.label)
            json.member("type", "standard")
        }
    }
}
