/// Figures in Prometheus' text format, version 0.0.4: each with what it is, and its unit in its name.
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
        line(name, labels.map { ($0, $1) }, "\(value)")
    }

    mutating func sample(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        line(name, labels.map { ($0, $1) }, "\(value)")
    }

    mutating func sample(_ latencies: Latencies, _ labels: KeyValuePairs<String, String>) {
        let labels = labels.map { ($0, $1) }
        var below = 0
        for (bound, count) in zip(Latencies.bounds, latencies.counts) {
            below += count
            line("\(name)_bucket", labels + [("le", "\(bound)")], "\(below)")
        }
        line("\(name)_bucket", labels + [("le", "+Inf")], "\(latencies.count)")
        line("\(name)_sum", labels, "\(latencies.seconds)")
        line("\(name)_count", labels, "\(latencies.count)")
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
