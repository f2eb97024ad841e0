import KVHTTP
import KVJobs
import KVLedger
import KVModel

extension JobFilter {
    private enum Direction: String, CaseIterable { case asc, desc }

    /// From `state`, `kind` (several by commas), `store`, `namespace`, `since`, `until`, `id`, `minFailures`, `sort`, `order`.
    init(_ query: Query, kinds: JobKinds) throws(KVError) {
        self.init()
        states = try query.choices("state", JobState.self)
        self.kinds = try query.choices("kind", among: kinds.names)
        store = try query.text("store", atMost: TextLimit.name)
        namespace = try query.text("namespace", atMost: TextLimit.name)
        since = try query.time("since")
        until = try query.time("until", endOfDay: true)
        id = try query.text("id", atMost: TextLimit.name)
        minimumFailures = try query.integer("minFailures").map { Int(clamping: $0) }
        order = try query.choice("sort", Order.self) ?? .created
        isDescending = try query.choice("order", Direction.self) != .asc
        cursor = try query.cursor()
        limit = try query.limit()
    }
}
