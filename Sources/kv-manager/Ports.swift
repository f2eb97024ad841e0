import Synchronization

/// The ports of several doors, which begin to listen in any order.
final class Ports: Sendable {
    private let ports: Mutex<[Int?]>

    init(count: Int) {
        ports = Mutex(Array(repeating: nil, count: count))
    }

    /// All of them, by the one that was the last to be known; nil before.
    func note(_ port: Int, of door: Int) -> [Int]? {
        ports.withLock { ports in
            ports[door] = port
            let known = ports.compactMap(\.self)
            return known.count == ports.count ? known : nil
        }
    }
}
