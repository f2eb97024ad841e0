/// Jobs as columns, in the order of their numbers.
struct JobRows: Sendable {
    /// Where jobs are that are gone.
    static let gone: UInt32 = 0

    /// What many jobs have in common: one number stands for it.
    struct Group: Hashable {
        var store: String
        var namespace: String
        var kind: String
        var state: String
    }

    struct Element {
        var number: Int64
        /// Milliseconds since 1970; 0 for what has not happened.
        var created: Int64
        var started: Int64
        var finished: Int64
        var processed: Int64
        var failed: Int64
        var head: UInt64
        var group: Group
    }

    private(set) var numbers: [Int64] = []
    private(set) var created: [Int64] = []
    private(set) var started: [Int64] = []
    private(set) var finished: [Int64] = []
    private(set) var processed: [Int64] = []
    private(set) var failed: [Int64] = []
    /// The beginnings of ids.
    private(set) var heads: [UInt64] = []
    private(set) var groups: [UInt32] = []
    /// By their numbers.
    private(set) var knownGroups = [Group(store: "", namespace: "", kind: "", state: "")]
    private var groupNumbers: [Group: UInt32] = [:]
    private var goneCount = 0

    var count: Int { numbers.count }

    mutating func reserve(_ count: Int) {
        numbers.reserveCapacity(count)
        created.reserveCapacity(count)
        started.reserveCapacity(count)
        finished.reserveCapacity(count)
        processed.reserveCapacity(count)
        failed.reserveCapacity(count)
        heads.reserveCapacity(count)
        groups.reserveCapacity(count)
    }

    /// Adds a job, or changes the one with its number.
    mutating func put(_ job: Element) {
        let group = number(of: job.group)
        let index = position(of: job.number)
        if index == count {
            numbers.append(job.number)
            created.append(job.created)
            started.append(job.started)
            finished.append(job.finished)
            processed.append(job.processed)
            failed.append(job.failed)
            heads.append(job.head)
            groups.append(group)
        } else if numbers[index] == job.number {
            created[index] = job.created
            started[index] = job.started
            finished[index] = job.finished
            processed[index] = job.processed
            failed[index] = job.failed
            heads[index] = job.head
            groups[index] = group
        }
    }

    mutating func remove(_ number: Int64) {
        let index = position(of: number)
        guard index < count, numbers[index] == number, groups[index] != Self.gone else { return }
        groups[index] = Self.gone
        goneCount += 1
        if goneCount > count / 4 { compact() }
    }

    private mutating func compact() {
        let kept = groups.indices.filter { groups[$0] != Self.gone }
        numbers = kept.map { numbers[$0] }
        created = kept.map { created[$0] }
        started = kept.map { started[$0] }
        finished = kept.map { finished[$0] }
        processed = kept.map { processed[$0] }
        failed = kept.map { failed[$0] }
        heads = kept.map { heads[$0] }
        groups = kept.map { groups[$0] }
        goneCount = 0
    }

    /// That of the first job with this number or a higher one.
    private func position(of number: Int64) -> Int {
        guard let last = numbers.last, number <= last else { return count }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func number(of group: Group) -> UInt32 {
        if let number = groupNumbers[group] { return number }
        let number = UInt32(knownGroups.count)
        knownGroups.append(group)
        groupNumbers[group] = number
        return number
    }
}

/// The first eight bytes of an id as a number, by which most ids that begin otherwise are passed over.
struct IDHead {
    /// Bytes that are not there are 0.
    let bits: UInt64
    private let mask: UInt64

    init(_ text: String) {
        var bits: UInt64 = 0
        var mask: UInt64 = 0
        for (index, byte) in text.utf8.prefix(8).enumerated() {
            bits |= UInt64(byte) << (56 - 8 * index)
            mask |= 0xFF << (56 - 8 * index)
        }
        self.bits = bits
        self.mask = mask
    }

    func begins(_ other: UInt64) -> Bool { other & mask == bits }
}
