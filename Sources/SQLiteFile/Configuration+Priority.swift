import Dispatch
import GRDB

extension Configuration {
    /// Its threads have the priority of all others. GRDB's default is a higher one, which a service may not take: Dispatch
    /// would tell so in the system's log each time.
    static var ofUsualPriority: Configuration {
        var configuration = Configuration()
        configuration.qos = .default
        return configuration
    }
}
