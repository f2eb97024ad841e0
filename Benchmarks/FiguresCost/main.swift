// Prints how many nanoseconds of processor time it takes to count one request. One thread: those of a server, which are
// busy with requests for a hundred times as long, hardly ever meet here.
import Foundation
import KVModel
import KVServer

let requests = 2_000_000
let traffic = Traffic(clock: .system)

func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

let before = processorTime()
for _ in 0..<requests {
    let start = ContinuousClock.now
    traffic.begin()
    traffic.end(
        Traffic.Ending(method: "GET", status: 200), of: "/api/stores/{store}/namespaces/{namespace}/values/{key}",
        after: ContinuousClock.now - start, isWaiting: false)
}
print((processorTime() - before) / Double(requests))
