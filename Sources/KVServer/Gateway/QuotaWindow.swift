import KVModel

/// A fixed window of a quota: it begins with the first request, and ends a set time later, whatever happened in it.
struct QuotaWindow {
    /// Where a request finds itself.
    struct Status: Equatable {
        /// There was no request left: this one is not to be served.
        var isOver: Bool
        /// How many more the window allows.
        var remaining: Int
        /// Until the window ends, rounded up, so that who waits that long is served.
        var secondsLeft: Int
    }

    let quota: RequestQuota
    private var beginning: Timestamp?
    private var used = 0

    init(_ quota: RequestQuota) {
        self.quota = quota
    }

    private var length: Int64 { Int64((quota.seconds * 1_000).rounded(.up)) }

    mutating func take(at now: Timestamp) -> Status {
        if hasEnded(at: now) {
            beginning = now
            used = 0
        }
        let isOver = used >= quota.requests
        if !isOver { used += 1 }
        let left = length - now.milliseconds(since: beginning ?? now)
        return Status(
            isOver: isOver, remaining: quota.requests - used, secondsLeft: max(1, Int((left + 999) / 1_000)))
    }

    /// So it has before its first request, and when the clock was set back behind that.
    func hasEnded(at now: Timestamp) -> Bool {
        guard let beginning else { return true }
        return now < beginning || now.milliseconds(since: beginning) >= length
    }
}

/// The windows of all credentials.
struct QuotaWindows {
    /// Those who come when so many are remembered share one window.
    static let maximumCredentials = 1_000

    let quota: RequestQuota
    private var windows: [GatewayCredential: QuotaWindow] = [:]
    private var shared: QuotaWindow

    init(_ quota: RequestQuota) {
        self.quota = quota
        shared = QuotaWindow(quota)
    }

    mutating func take(for credential: GatewayCredential, at now: Timestamp) -> QuotaWindow.Status {
        if windows[credential] == nil, windows.count >= Self.maximumCredentials {
            windows = windows.filter { !$0.value.hasEnded(at: now) }
            guard windows.count < Self.maximumCredentials else { return shared.take(at: now) }
        }
        return windows[credential, default: QuotaWindow(quota)].take(at: now)
    }
}
