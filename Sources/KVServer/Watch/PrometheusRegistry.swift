package import CoreMetrics
import Synchronization

/// Keeps what the instruments of swift-metrics record, for Prometheus to read.
///
/// Labels are names of figures, and dimensions are labels of their samples. Instruments with the same label and dimensions share
/// one handler. Creating one takes a lock and builds text, so callers that record often keep their instruments.
package final class PrometheusRegistry: MetricsFactory {
    /// Handlers by the label of their instruments, and by the text of their dimensions.
    private struct Handlers<Handler: AnyObject> {
        private var byLabel: [String: [String: Handler]] = [:]

        mutating func handler(_ label: String, _ dimensions: String, orNew new: () -> Handler) -> Handler {
            if let found = byLabel[label]?[dimensions] { return found }
            let handler = new()
            byLabel[label, default: [:]][dimensions] = handler
            return handler
        }

        mutating func remove(_ handler: AnyObject) {
            byLabel = byLabel.mapValues { $0.filter { $0.value !== handler } }
        }

        /// In the order of their dimensions.
        func sorted(_ label: String) -> [(labels: String, handler: Handler)] {
            (byLabel[label] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    private struct State {
        var counters = Handlers<PrometheusCounter>()
        var gauges = Handlers<PrometheusGauge>()
        var histograms = Handlers<PrometheusHistogram>()
    }

    private let state = Mutex(State())

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { $0.counters.handler(label, labels) { PrometheusCounter() } }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A recorder that does not aggregate is a gauge.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { $0.gauges.handler(label, labels) { PrometheusGauge() } }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> PrometheusHistogram {
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { $0.histograms.handler(label, labels) { PrometheusHistogram() } }
    }

    package func destroyCounter(_ handler: any CounterHandler) { state.withLock { $0.counters.remove(handler) } }
    package func destroyMeter(_ handler: any MeterHandler) { state.withLock { $0.gauges.remove(handler) } }
    package func destroyTimer(_ handler: any TimerHandler) { state.withLock { $0.histograms.remove(handler) } }

    package func destroyRecorder(_ handler: any RecorderHandler) {
        state.withLock { state in
            state.gauges.remove(handler)
            state.histograms.remove(handler)
        }
    }

    // MARK: Reading

    func counters(_ label: String) -> [(labels: String, value: Int)] {
        state.withLock { $0.counters.sorted(label) }.map { ($0.labels, $0.handler.value) }
    }

    func gauges(_ label: String) -> [(labels: String, value: Double)] {
        state.withLock { $0.gauges.sorted(label) }.map { ($0.labels, $0.handler.value) }
    }

    /// Only those that have recorded something.
    func histograms(_ label: String) -> [(labels: String, latencies: Latencies)] {
        state.withLock { $0.histograms.sorted(label) }.map { ($0.labels, $0.handler.value) }.filter { $0.1.count > 0 }
    }
}
