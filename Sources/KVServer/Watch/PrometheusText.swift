/// Figures in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private var name = ""

    /// Begins a figure; its samples follow.
    mutating func figure(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) {
        line(name, Self.labels(labels.map { ($0, $1) }), "\(value)")
    }

    mutating func sample(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        line(name, Self.labels(labels.map { ($0, $1) }), "\(value)")
    }

    /// What the instruments with the name of the figure have recorded.
    mutating func samples(of registry: PrometheusRegistry) {
        for (labels, value) in registry.counters(name) { line(name, labels, "\(value)") }
        for (labels, value) in registry.gauges(name) {
            line(name, labels, Int(exactly: value).map { "\($0)" } ?? "\(value)")
        }
        for (labels, latencies) in registry.histograms(name) { add(latencies, labels) }
    }

    private mutating func add(_ latencies: Latencies, _ labels: String) {
        let start = labels.isEmpty ? "" : "\(labels),"
        var below = 0
        for (bound, count) in zip(Latencies.bounds, latencies.counts) {
            below += count
            line("\(name)_bucket", "\(start)le=\"\(bound)\"", "\(below)")
        }
        line("\(name)_bucket", "\(start)le=\"+Inf\"", "\(latencies.count)")
        line("\(name)_sum", labels, "\(latencies.seconds)")
        line("\(name)_count", labels, "\(latencies.count)")
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// Labels as a sample has them between its braces.
    static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
