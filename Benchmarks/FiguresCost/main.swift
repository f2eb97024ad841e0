// Prints how many nanoseconds of processor time it takes to count one request. One thread: those of a server, which are
// busy with requests for a hundred times as long, hardly ever meet here.
import Foundation
import Hummingbird
import KVHTTP
import KVModel
import KVServer

let requests = 2_000_000
let traffic = Traffic(clock: .system)
let route = RoutePattern("/api/stores/{store}/namespaces/{namespace}/values/{key}")

/// In nanoseconds; the system counts microseconds.
func processorTime() -> Double { Double(clock()) * 1e3 }

let before = processorTime()
for _ in 0..<requests {
    let start = ContinuousClock.now
    traffic.begin()
    traffic.end(
        Traffic.Ending(method: "GET", status: 200), of: route, after: ContinuousClock.now - start, isWaiting: false)
}
print((processorTime() - before) / Double(requests))
