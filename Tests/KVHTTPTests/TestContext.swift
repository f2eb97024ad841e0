import Hummingbird
import KVModel
import NIOCore

@testable import KVHTTP

/// A request context with nothing but the route.
struct TestContext: RoutedContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    var base = BasePath.root
    var path: Substring = "/"
    var pattern: RoutePattern?

    enum Permission {
        case permitted, missing
    }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    func require(_ permission: Permission) throws {
        if permission == .missing { throw KVError(.forbidden, "The permission is missing.") }
    }
}
