import KVModel

/// An order of jobs: by a value, then by number, both in one direction.
struct JobOrder {
    struct Place {
        var value: Int64
        var number: Int64
    }

    private let rows: JobRows
    private let isDescending: Bool
    private let source: Source

    private enum Source {
        case column([Int64])
        /// Words, by the numbers of groups: the place of each among all words of the list, times two.
        case words([String], ofGroups: [Int64])
    }

    init(_ filter: JobFilter, _ rows: JobRows) {
        self.rows = rows
        isDescending = filter.isDescending
        source =
            switch filter.order {
            case .created: .column(rows.created)
            case .started: .column(rows.started)
            case .finished: .column(rows.finished)
            case .processed: .column(rows.processed)
            case .failed: .column(rows.failed)
            case .kind: Self.words(rows.knownGroups.map(\.kind))
            case .state: Self.words(rows.knownGroups.map(\.state))
            }
    }

    private static func words(_ ofGroups: [String]) -> Source {
        let words = Set(ofGroups).sorted { Array($0.utf8).precedesBytewise(Array($1.utf8)) }
        let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, Int64($0 * 2)) })
        return .words(words, ofGroups: ofGroups.map { places[$0] ?? 0 })
    }

    /// The first ones behind a place, in order.
    func first(_ count: Int, of positions: [UInt32], after start: Place?) -> [Place] {
        switch source {
        case .column(let values):
            values.withUnsafeBufferPointer { values in
                first(count, of: positions, after: start) { values[$0] }
            }
        case .words(_, let ofGroups):
            rows.groups.withUnsafeBufferPointer { groups in
                ofGroups.withUnsafeBufferPointer { ofGroups in
                    first(count, of: positions, after: start) { ofGroups[Int(groups[$0])] }
                }
            }
        }
    }

    /// Keeps twice as many as are asked for, and orders those when they are full. It begins at the end at which times
    /// are the first ones, for then hardly any has to be kept that is not of the page.
    @inline(__always)
    private func first(
        _ count: Int, of positions: [UInt32], after start: Place?, value: (Int) -> Int64
    ) -> [Place] {
        // Turned around, an order downwards is one upwards.
        let sign: Int64 = isDescending ? -1 : 1
        let start = start.map { Place(value: $0.value * sign, number: $0.number * sign) }
        var best: [Place] = []
        best.reserveCapacity(2 * count)
        var worst: Place?
        positions.withUnsafeBufferPointer { positions in
            rows.numbers.withUnsafeBufferPointer { numbers in
                for step in positions.indices {
                    let index = Int(positions[isDescending ? positions.count - 1 - step : step])
                    let place = Place(value: value(index) * sign, number: numbers[index] * sign)
                    if let start, !(start < place) { continue }
                    if let worst, !(place < worst) { continue }
                    best.append(place)
                    if best.count == 2 * count {
                        best.sort(by: <)
                        best.removeLast(count)
                        worst = best.last
                    }
                }
            }
        }
        best.sort(by: <)
        return best.prefix(count).map { Place(value: $0.value * sign, number: $0.number * sign) }
    }

    // MARK: Cursors

    /// `number:i…` or `number:s…`, by the kind of value.
    func cursor(_ place: Place) -> PageCursor {
        switch source {
        case .column: PageCursor("\(place.number):i\(place.value)")
        case .words(let words, _): PageCursor("\(place.number):s\(words[Int(place.value / 2)])")
        }
    }

    func place(_ cursor: PageCursor) throws(KVError) -> Place {
        let parts = cursor.text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let number = Int64(parts[0]) else { throw KVError.badCursor }
        let text = String(parts[1].dropFirst())
        switch (source, parts[1].first, Int64(text)) {
        case (.column, "i", let value?) where value > .min && number > .min:
            return Place(value: value, number: number)
        case (.words(let words, _), "s", _):
            // One that no job has any more lies between those that some have.
            let place = words.firstIndex { !Array($0.utf8).precedesBytewise(Array(text.utf8)) } ?? words.count
            return Place(
                value: Int64(place * 2) - (place < words.count && words[place] == text ? 0 : 1), number: number)
        default:
            throw KVError.badCursor
        }
    }
}

private func < (left: JobOrder.Place, right: JobOrder.Place) -> Bool {
    left.value == right.value ? left.number < right.number : left.value < right.value
}
