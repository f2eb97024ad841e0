import KVModel

/// Wrong tokens at the gateway: how many there were, and how long each client is made to wait for its refusal.
///
/// A client is an address. Its delay doubles with each wrong token, up to a second, and is forgotten after a minute
/// without one.
struct RefusedTokens {
    /// What becomes of a request with a wrong token.
    struct Verdict: Equatable {
        /// Milliseconds until the request is refused; nil if the maximum number of requests already wait.
        var delay: Int?
        /// Whether the log has not had a line for a while.
        var isToBeLogged: Bool
    }

    private struct Client {
        var count: Int
        var last: Timestamp
    }

    static let maximumWaiting = 100
    static let maximumClients = 1_000
    private static let firstDelay = 10
    private static let longestDelay = 1_000
    /// Milliseconds.
    private static let memory: Int64 = 60_000
    private static let logInterval: Int64 = 60_000
    /// All clients beyond the maximum count as one.
    private static let others = ""

    private(set) var total = 0
    private(set) var waiting = 0
    private var clients: [String: Client] = [:]
    private var logged: Timestamp?

    /// Call `end` when a delay is over.
    mutating func note(from address: String, at now: Timestamp) -> Verdict {
        total += 1
        let isToBeLogged = logged.map { abs(now.milliseconds(since: $0)) >= Self.logInterval } ?? true
        if isToBeLogged { logged = now }
        let count = count(address, at: now)
        guard waiting < Self.maximumWaiting else { return Verdict(delay: nil, isToBeLogged: isToBeLogged) }
        waiting += 1
        // Shifted further it is the longest in any case.
        let delay = min(Self.firstDelay << min(count - 1, 10), Self.longestDelay)
        return Verdict(delay: delay, isToBeLogged: isToBeLogged)
    }

    mutating func end() { waiting -= 1 }

    /// How many wrong tokens the client has sent lately, this one included.
    private mutating func count(_ address: String, at now: Timestamp) -> Int {
        var address = address
        if clients[address] == nil, clients.count >= Self.maximumClients {
            clients = clients.filter { abs(now.milliseconds(since: $0.value.last)) < Self.memory }
            if clients.count >= Self.maximumClients { address = Self.others }
        }
        var client = clients[address] ?? Client(count: 0, last: now)
        if abs(now.milliseconds(since: client.last)) >= Self.memory { client.count = 0 }
        client.count += 1
        client.last = now
        clients[address] = client
        return client.count
    }
}
