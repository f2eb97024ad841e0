import KVModel

/// The jobs that a filter lets through: how many there are, and those of one page.
struct JobMatches {
    let total: Int
    /// The numbers of the page's jobs, in its order.
    let numbers: [Int64]
    /// Nil when the page is the last one.
    let cursor: PageCursor?

    /// - Parameter id: that of the job with a number.
    init(_ filter: JobFilter, among rows: JobRows, id: (Int64) throws -> String) throws {
        var found = Self.positions(filter, rows)
        if let prefix = filter.id, prefix.utf8.count > 8 {
            found = try found.filter { try id(rows.numbers[Int($0)]).utf8.starts(with: prefix.utf8) }
        }
        total = found.count
        let order = JobOrder(filter, rows)
        let start = try filter.cursor.map { try order.place($0) }
        let page = order.first(filter.limit + 1, of: found, after: start)
        numbers = page.prefix(filter.limit).map(\.number)
        cursor = page.count > filter.limit ? order.cursor(page[filter.limit - 1]) : nil
    }

    /// In the order of their numbers.
    private static func positions(_ filter: JobFilter, _ rows: JobRows) -> [UInt32] {
        let isLetThrough = groups(filter, rows)
        // Half of the jobs may be let through, in no order that a processor could foresee: so there is no branch here, nor below.
        var found = [UInt32](unsafeUninitializedCapacity: rows.count) { found, kept in
            rows.groups.withUnsafeBufferPointer { groups in
                isLetThrough.withUnsafeBufferPointer { isLetThrough in
                    for index in groups.indices {
                        found[kept] = UInt32(truncatingIfNeeded: index)
                        kept += isLetThrough[Int(groups[index])] ? 1 : 0
                    }
                }
            }
        }
        keep(&found, rows.created, filter.since) { $0 >= $1 }
        keep(&found, rows.created, filter.until) { $0 <= $1 }
        keep(&found, rows.failed, filter.minimumFailures.map(Int64.init)) { $0 >= $1 }
        keep(&found, rows.heads, filter.id.map(IDHead.init)) { $1.begins($0) }
        return found
    }

    @inline(__always)
    private static func keep<Value, Bound>(
        _ found: inout [UInt32], _ column: [Value], _ bound: Bound?, _ holds: (Value, Bound) -> Bool
    ) {
        guard let bound else { return }
        var kept = 0
        column.withUnsafeBufferPointer { column in
            found.withUnsafeMutableBufferPointer { found in
                for index in found.indices {
                    let position = found[index]
                    found[kept] = position
                    kept += holds(column[Int(position)], bound) ? 1 : 0
                }
            }
        }
        found.removeLast(found.count - kept)
    }

    /// By the groups' numbers. Texts compare by bytes, as SQLite compares them.
    private static func groups(_ filter: JobFilter, _ rows: JobRows) -> [Bool] {
        let states = Set(filter.states.map(\.rawValue))
        let kinds = Set(filter.kinds)
        var isLetThrough = rows.knownGroups.map { group in
            (states.isEmpty || states.contains(group.state)) && (kinds.isEmpty || kinds.contains(group.kind))
                && (filter.store?.utf8.elementsEqual(group.store.utf8) ?? true)
                && (filter.namespace?.utf8.elementsEqual(group.namespace.utf8) ?? true)
        }
        isLetThrough[Int(JobRows.gone)] = false
        return isLetThrough
    }
}
