import Foundation
import KVModel
import TestSupport

@testable import KVJobs

/// What two namespaces should hold, as plain dictionaries, and what jobs should make of them.
struct Model: Equatable {
    static let keys = ["a", "a/1", "a/2", "a/b/1", "a/b/2", "b", "b/1", "b/a/1", "c", "é", "e\u{301}", "😀", "\u{FF21}"]
    static let prefixes = ["a", "a/", "a/b/", "b/", "e"]

    var spaces: [[Key: Entry]] = [[:], [:]]

    /// A job as the model knows it; `space` is the one that it stands on, the other one is the target.
    enum Work: Equatable {
        case delete, expire(Int64?), copy(Collision), move(Collision), rename(String, String, Collision)
        case importing([Entry], Collision)
    }

    enum Selected: Equatable {
        case all, prefix(String), keys([String])
    }

    /// What a job comes to.
    struct Counts: Equatable {
        var succeeded = 0
        var skipped = 0
        var failed = 0
    }

    /// Does the first `limit` keys of a job, as a job does that is cancelled then. `collision: fail` ends at the first one.
    mutating func apply(_ work: Work, _ selected: Selected, on space: Int, limit: Int) throws -> Counts {
        var counts = Counts()
        if case .importing(let entries, let collision) = work {
            for entry in entries.prefix(limit) { put(entry, in: space, collision, &counts) }
            return counts
        }
        for key in try keys(selected, of: work, in: space).prefix(limit) {
            guard let entry = spaces[space][key] else {
                if case .delete = work { counts.succeeded += 1 } else { counts.failed += 1 }
                continue
            }
            switch work {
            case .delete:
                spaces[space][key] = nil
                counts.succeeded += 1
            case .expire(let time):
                spaces[space][key]?.expiration = time.map { Expiration(stored: $0) }
                counts.succeeded += 1
            case .copy(let collision): put(entry, in: 1 - space, collision, &counts)
            case .move(let collision):
                if put(entry, in: 1 - space, collision, &counts) { spaces[space][key] = nil }
            case .rename(let from, let to, let collision):
                var renamed = entry
                renamed.key = try Key(utf8: Array(to.utf8) + key.bytes.dropFirst(from.utf8.count))
                guard to.utf8.starts(with: from.utf8) || !renamed.key.bytes.starts(with: from.utf8) else {
                    counts.failed += 1
                    continue
                }
                if put(renamed, in: space, collision, &counts) { spaces[space][key] = nil }
            case .importing: break
            }
        }
        return counts
    }

    private func keys(_ selected: Selected, of work: Work, in space: Int) throws -> [Key] {
        switch selected {
        case .all: return spaces[space].keys.sorted()
        case .prefix(let prefix):
            var found = spaces[space].keys.filter { $0.bytes.starts(with: prefix.utf8) }.sorted()
            if case .rename(let from, let to, _) = work, to.utf8.starts(with: from.utf8) {
                found.removeAll { $0.bytes.starts(with: to.utf8) }
            }
            return found
        case .keys(let names): return try Set(names.map { try Key($0) }).sorted()
        }
    }

    @discardableResult
    private mutating func put(_ entry: Entry, in space: Int, _ collision: Collision, _ counts: inout Counts) -> Bool {
        guard collision == .overwrite || spaces[space][entry.key] == nil else {
            counts.skipped += 1
            return false
        }
        spaces[space][entry.key] = entry
        counts.succeeded += 1
        return true
    }

    // MARK: Chance

    static func entry(_ name: String, using random: inout Seeded) throws -> Entry {
        Entry(
            key: try Key(name),
            value: (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) },
            metadata: Bool.random(using: &random)
                ? try Metadata(json: Array("{\"n\": \(random.next() % 9)}".utf8)) : nil,
            expiration: Bool.random(using: &random) ? nil : Expiration(stored: 4_102_444_800 + Int64(random.next() % 9))
        )
    }

    static func work(using random: inout Seeded) throws -> (Work, Selected) {
        let collision: Collision = Bool.random(using: &random) ? .overwrite : .skip
        let prefix = prefixes[Int(random.next() % UInt64(prefixes.count))]
        let names = keys.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random))
        let selected: Selected = [.all, .prefix(prefix), .keys(Array(names))][Int(random.next() % 3)]
        switch random.next() % 6 {
        case 0: return (.delete, selected)
        case 1: return (.expire(Bool.random(using: &random) ? nil : 4_200_000_000), selected)
        case 2: return (.copy(collision), selected)
        case 3: return (.move(collision), selected)
        case 4:
            let others = ["z/", prefix + "new/", "a", "b/"].filter { $0 != prefix }
            let other = others[Int(random.next() % UInt64(others.count))]
            return (.rename(prefix, other, collision), .prefix(prefix))
        default:
            // Each key once, or some of them again, with the same content or another.
            var entries = try names.map { try entry($0, using: &random) }
            for name in names.suffix(Int.random(in: 0...2, using: &random)) {
                let again = Bool.random(using: &random) ? entries[0] : try entry(name, using: &random)
                entries.insert(again, at: Int.random(in: 1...entries.count, using: &random))
            }
            return (.importing(entries, collision), .all)
        }
    }
}
