import CoreMetrics
import Hummingbird
import KVHTTP
import KVModel
import Testing

@testable import KVServer

@Suite("What instruments record, as Prometheus reads it")
struct PrometheusTests {
    private let registry = PrometheusRegistry()

    /// The samples of one figure, a line each.
    private func samples(_ name: String) -> [String] {
        var text = PrometheusText()
        text.figure(name, .counter, "")
        text.samples(of: registry)
        return text.text.split(separator: "\n").dropFirst(2).map(String.init)
    }

    @Test("Counters with the same name and labels are one series, in the order of their labels")
    func counters() {
        for (route, status) in [("/b", "200"), ("/a", "404"), ("/a", "200"), ("/a/c", "200"), ("/b", "200")] {
            Counter(label: "n", dimensions: [("route", route), ("status", status)], factory: registry).increment()
        }
        Counter(label: "other", factory: registry).increment(by: 5)
        #expect(
            samples("n") == [
                #"n{route="/a",status="200"} 1"#, #"n{route="/a",status="404"} 1"#, #"n{route="/a/c",status="200"} 1"#,
                #"n{route="/b",status="200"} 2"#,
            ])
        #expect(samples("other") == ["other 5"] && samples("none") == [])
    }

    @Test("Values of labels are escaped")
    func escaping() {
        Counter(label: "n", dimensions: [("l", "a\\b\"c\nd")], factory: registry).increment()
        #expect(samples("n") == [#"n{l="a\\b\"c\nd"} 1"#])
    }

    @Test("A meter is a gauge, and whole numbers have no fraction")
    func meters() {
        let meter = Meter(label: "g", factory: registry)
        #expect(samples("g") == ["g 0"])
        meter.increment(by: 3)
        meter.decrement()
        #expect(samples("g") == ["g 2"])
        meter.set(0.25)
        #expect(samples("g") == ["g 0.25"])
        Recorder(label: "r", dimensions: [], aggregate: false, factory: registry).record(7)
        #expect(samples("r") == ["r 7"])
    }

    @Test("A timer is a histogram in seconds, whose buckets contain those below; without a duration it has no samples")
    func timers() {
        let timer = Timer(label: "t", dimensions: [("route", "/")], factory: registry)
        #expect(samples("t") == [])
        for milliseconds in [1, 3, 20_000] { timer.recordMilliseconds(milliseconds) }
        let lines = samples("t")
        #expect(lines.count == Latencies.bounds.count + 3)
        #expect(lines.first == #"t_bucket{route="/",le="0.0005"} 0"#)
        #expect(lines.contains(#"t_bucket{route="/",le="0.001"} 1"#))
        #expect(lines.contains(#"t_bucket{route="/",le="10.0"} 2"#))
        #expect(
            lines.suffix(3) == [
                #"t_bucket{route="/",le="+Inf"} 3"#, #"t_sum{route="/"} 20.004"#, #"t_count{route="/"} 3"#,
            ])
        Timer(label: "u", factory: registry).recordSeconds(1)
        #expect(samples("u").first == #"u_bucket{le="0.0005"} 0"#)
    }

    @Test("A destroyed instrument is no longer read")
    func destroying() {
        let counter = Counter(label: "n", factory: registry)
        let meter = Meter(label: "g", factory: registry)
        let timer = Timer(label: "t", factory: registry)
        timer.recordSeconds(1)
        counter.destroy()
        meter.destroy()
        timer.destroy()
        #expect(samples("n") + samples("g") + samples("t") == [])
    }

    @Test("Recording from several tasks at once loses nothing")
    func concurrency() async {
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { [registry] in
                    for _ in 0..<1_000 {
                        Counter(label: "n", factory: registry).increment()
                        Meter(label: "g", factory: registry).increment()
                        Timer(label: "t", factory: registry).recordNanoseconds(1)
                    }
                }
            }
        }
        #expect(samples("n") == ["n 8000"] && samples("g") == ["g 8000"] && samples("t").last == "t_count 8000")
    }

    @Test("Requests in flight, answered and held back are told apart")
    func traffic() {
        let traffic = Traffic(metrics: registry, clock: .system)
        for _ in 0..<3 { traffic.begin() }
        #expect(traffic.inFlight == 3)
        let (ok, route) = (Traffic.Ending(method: "GET", status: 200), RoutePattern("/a"))
        traffic.end(ok, of: route, after: .milliseconds(2), isWaiting: false)
        traffic.end(ok, of: route, after: .seconds(20), isWaiting: true)
        traffic.breakOff()
        #expect(traffic.inFlight == 0)
        #expect(samples(Traffic.requestsName) == [#"kv_http_requests_total{route="/a",method="GET",status="200"} 2"#])
        #expect(samples(Traffic.durationName).last == #"kv_http_request_duration_seconds_count{route="/a"} 1"#)
    }
}
