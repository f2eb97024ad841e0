import Hummingbird
import NIOCore

@testable import KVHTTP

/// A request context with nothing but the route.
struct TestContext: RoutedContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    var base = BasePath.root
    var path: Substring = "/"
    var pattern: RoutePattern?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
