import Synchronization

/// The ports of several listeners, which start in any order.
final class Ports: Sendable {
    private let ports: Mutex<[Int?]>

    init(count: Int) {
        ports = Mutex(Array(repeating: nil, count: count))
    }

    /// Notes the port of a listener. Returns all ports once all are known, and nil before.
    func note(_ port: Int, of listener: Int) -> [Int]? {
        ports.withLock { ports in
            ports[listener] = port
            let known = ports.compactMap(\.self)
            return known.count == ports.count ? known : nil
        }
    }
}
