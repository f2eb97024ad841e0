import HTTPTypes
import Hummingbird
import KVAPI
import KVHTTP
import KVJobs
import KVLedger
import KVModel
import KVWorkspace

/// Figures of the program, for Prometheus and for the monitor of the interface.
struct WatchRoutes {
    /// The number of intervals that the interface draws: half an hour.
    private static let shown = 180

    let resources: WorkspaceResources
    let traffic: Traffic
    /// What instruments have recorded.
    let metrics: PrometheusRegistry
    let sockets: SocketCensus
    let gateway: GatewayConditions
    let version: String
    let log: @Sendable () -> [LogLine]
    let clock: WallClock

    func add(to router: RouteTable<AppContext>) {
        router.get("/metrics", requires: .readMetrics) { _, context in
            try await prometheus(context.workspace(resources).figures(for: .readMetrics))
        }
        router.get("/api/monitor", requires: .readMonitor) { _, context in
            try await monitor(context.workspace(resources).figures(for: .readMonitor))
        }
    }

    // MARK: For Prometheus

    private func prometheus(_ program: ProgramFigures) async throws -> Response {
        var text = PrometheusText()
        text.figure("kv_manager_info", .gauge, "The version of the program.")
        text.sample(1, ["version": version])
        addTraffic(to: &text)
        addSockets(to: &text)
        text.figure("kv_gateway_refused_tokens_total", .counter, "Requests to the gateway with a wrong token.")
        text.sample(gateway.refusedTokens)
        try await addJobs(program, to: &text)
        addStores(program.stores, to: &text)
        let (bytes, free) = try await program.storage()
        text.figure("kv_data_folder_bytes", .gauge, "Bytes on the disk, by what they are for.")
        for kind in StorageSurvey.Kind.allCases { text.sample(bytes[kind] ?? 0, ["kind": kind.rawValue]) }
        text.figure("kv_data_folder_free_bytes", .gauge, "Bytes that are free on the disk of the data folder.")
        text.sample(free)
        add(try await ProcessFigures.read(), to: &text)
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    }

    private func addTraffic(to text: inout PrometheusText) {
        text.figure(Traffic.requestsName, .counter, "Requests answered.")
        text.samples(of: metrics)
        text.figure(
            Traffic.durationName, .histogram,
            "Time to the head of the answer; answers that are held back for news are not in it.")
        text.samples(of: metrics)
        text.figure(Traffic.inFlightName, .gauge, "Requests not answered yet.")
        text.samples(of: metrics)
    }

    private func addSockets(to text: inout PrometheusText) {
        text.figure("kv_websockets_open", .gauge, "WebSockets open.")
        text.sample(sockets.count)
        text.figure("kv_websockets_opened_total", .counter, "WebSockets opened.")
        text.sample(sockets.totals.opened)
        text.figure("kv_websockets_refused_total", .counter, "WebSockets refused since there were too many.")
        text.sample(sockets.totals.refused)
    }

    private func addJobs(_ program: ProgramFigures, to text: inout PrometheusText) async throws {
        text.figure("kv_jobs", .gauge, "Jobs in the ledger.")
        for census in try await program.census().sorted(by: { ($0.kind, $0.state) < ($1.kind, $1.state) }) {
            text.sample(census.count, ["kind": census.kind, "state": census.state])
        }
        let figures = program.jobs.byKind.sorted { $0.key < $1.key }
        text.figure("kv_job_keys_total", .counter, "Keys that jobs have processed.")
        for (kind, counts) in figures {
            text.sample(counts.succeeded, ["kind": kind, "result": "succeeded"])
            text.sample(counts.failed, ["kind": kind, "result": "failed"])
            text.sample(counts.skipped, ["kind": kind, "result": "skipped"])
        }
        text.figure("kv_job_bytes_total", .counter, "Bytes of values that jobs have processed.")
        for (kind, counts) in figures { text.sample(counts.bytes, ["kind": kind]) }
    }

    private func addStores(_ stores: [StoreDescription], to text: inout PrometheusText) {
        let paces = stores.compactMap { store in store.pace.map { (store.name, $0) } }
        text.figure("kv_engine_requests_total", .counter, "Requests sent to a store.")
        for (store, pace) in paces { text.sample(pace.totals.requests, ["store": store]) }
        text.figure("kv_engine_throttled_total", .counter, "Of them, those refused as one too many.")
        for (store, pace) in paces { text.sample(pace.totals.refusals, ["store": store]) }
        text.figure("kv_engine_wait_seconds_total", .counter, "Time that requests to a store waited for their turn.")
        for (store, pace) in paces { text.sample(pace.totals.waited, ["store": store]) }
        text.figure("kv_engine_waiting", .gauge, "Requests to a store that wait for their turn.")
        for (store, pace) in paces { text.sample(pace.waiting, ["store": store]) }
        text.figure("kv_engine_quota_remaining", .gauge, "Requests that a store's quota still allows.")
        for (store, pace) in paces { text.sample(pace.remaining, ["store": store]) }
    }

    private func add(_ process: ProcessFigures, to text: inout PrometheusText) {
        text.figure("process_resident_memory_bytes", .gauge, "Memory that the program holds.")
        text.sample(process.residentBytes)
        text.figure("process_cpu_seconds_total", .counter, "Time that the program has computed.")
        text.sample(process.cpuSeconds)
        text.figure("process_open_fds", .gauge, "Files and connections that are open.")
        text.sample(process.openFiles)
        text.figure("process_start_time_seconds", .gauge, "When the program started, in Unix seconds.")
        text.sample(process.startedAt)
        text.figure(
            "kv_event_loop_lag_seconds", .gauge, "The longest that an event loop took just now to come to a new task.")
        text.sample(process.eventLoopLag)
    }

    // MARK: For the interface

    /// The last half hour in intervals of ten seconds, the oldest first, and the current values.
    private func monitor(_ program: ProgramFigures) async throws -> Response {
        let time = clock.now
        let requests = traffic.last(Self.shown, before: time), work = program.jobs.last(Self.shown, before: time)
        let process = try await ProcessFigures.read()
        let recent = requests.suffix(6).reduce(into: Latencies()) { $0.add($1.latencies) }
        let now = API.MonitorNow(
            webSockets: sockets.count, webSocketsRefused: sockets.totals.refused, inFlight: traffic.inFlight,
            memoryBytes: process.residentBytes, p99Milliseconds: Self.milliseconds(recent.quantile(0.99)),
            stores: program.stores.compactMap { store in store.pace.map { API.StoreFigures(store.name, $0) } })
        let answer = API.Monitor(
            secondsEach: Int(JobFigures.stretch / 1_000), requests: requests.map(\.requests),
            throttled: requests.map(\.throttled), errors: requests.map(\.errors),
            p99Milliseconds: requests.map { Self.milliseconds($0.latencies.quantile(0.99)) },
            keys: work.map { $0.succeeded + $0.failed + $0.skipped }, now: now,
            log: log().map { API.LogLine($0) })
        return try .json(.ok, answer)
    }

    /// To a tenth.
    private static func milliseconds(_ seconds: Double?) -> Double? { seconds.map { ($0 * 10_000).rounded() / 10 } }
}

extension API.StoreFigures {
    fileprivate init(_ store: String, _ pace: Pace) {
        self.init(
            name: store, requests: pace.totals.requests, throttled: pace.totals.refusals, waiting: pace.waiting)
    }
}

extension API.LogLine {
    fileprivate init(_ line: LogLine) {
        self.init(
            at: API.Time(line.at), level: line.level, message: line.message,
            fields: line.fields.map { "\($0.name)=\($0.value)" })
    }
}
