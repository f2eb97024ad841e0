import CoreMetrics
import Synchronization

/// The value of a counter.
final class PrometheusCounter: CounterHandler {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(Int(amount), ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

/// The value of a meter, or of a recorder that keeps the last value only.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let latest = Atomic(0.0)

    var value: Double { latest.load(ordering: .relaxed) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { latest.store(value, ordering: .relaxed) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) {
        var value = self.value
        while true {
            let (isExchanged, present) = latest.weakCompareExchange(
                expected: value, desired: value + amount, ordering: .relaxed)
            if isExchanged { return }
            value = present
        }
    }

    func decrement(by amount: Double) { increment(by: -amount) }
}

/// The durations of a timer in seconds, or the values of a recorder, counted in the buckets of `Latencies`.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    private let latencies = Mutex(Latencies())

    var value: Latencies { latencies.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { latencies.withLock { $0.add(value) } }
}
