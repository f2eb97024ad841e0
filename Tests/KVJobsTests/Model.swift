import Foundation
import KVModel
import TestSupport

@testable import KVJobs

/// What two namespaces should hold, as plain dictionaries, and what jobs should make of them.
struct Model: Equatable {
    static let keys = ["a", "a/1", "a/2", "a/b/1", "a/b/2", "b", "b/1", "b/a/1", "c", "é", "e\u{301}", "😀", "\u{FF21}"]
    static let prefixes = ["a", "a/", "a/b/", "b/", "e"]

    /// A key's entry with its annotation.
    struct Held: Equatable {
        var entry: Entry
        var annotation = Annotation()
    }

    var spaces: [[Key: Held]] = [[:], [:]]

    /// A job as the model knows it; `space` is the one that it stands on, the other one is the target.
    enum Work: Equatable {
        case delete, expire(Expiration?), copy(Collision), move(Collision), rename(String, String, Collision)
        case tag(TagChange), importing([AnnotatedEntry], Collision)
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
            for item in entries.prefix(limit) { put(item, in: space, collision, &counts) }
            return counts
        }
        for key in try keys(selected, of: work, in: space).prefix(limit) {
            guard let held = spaces[space][key] else {
                counts.skipped += 1
                continue
            }
            switch work {
            case .delete:
                spaces[space][key] = nil
                counts.succeeded += 1
            case .expire(let expiration):
                spaces[space][key]?.entry.expiration = expiration
                counts.succeeded += 1
            case .tag(let change):
                spaces[space][key]?.annotation = change.applied(to: held.annotation.tags).applied(to: held.annotation)
                counts.succeeded += 1
            case .copy(let collision): put(held.whole, in: 1 - space, collision, &counts)
            case .move(let collision):
                if put(held.whole, in: 1 - space, collision, &counts) { spaces[space][key] = nil }
            case .rename(let from, let to, let collision):
                var renamed = held.whole
                renamed.entry.key = try Key(utf8: Array(to.utf8) + key.bytes.dropFirst(from.utf8.count))
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
    private mutating func put(
        _ item: AnnotatedEntry, in space: Int, _ collision: Collision, _ counts: inout Counts
    ) -> Bool {
        let there = spaces[space][item.key]
        guard collision == .overwrite || there == nil else {
            counts.skipped += 1
            return false
        }
        spaces[space][item.key] = Held(
            entry: item.entry, annotation: item.annotation.applied(to: there?.annotation ?? Annotation()))
        counts.succeeded += 1
        return true
    }

    // MARK: Undoing

    /// What the undo of a job leaves that had led from `before` to `after`, when somebody has made `held` of a key since.
    static func undone(_ work: Work, _ before: Held?, _ after: Held?, _ held: Held) -> Held? {
        let states = (before: before?.annotation ?? Annotation(), after: after?.annotation ?? Annotation())
        func restored<Part: Equatable>(_ part: WritableKeyPath<Annotation, Part>, _ undone: inout Annotation) -> Bool {
            let (was, left, found) = (states.before[keyPath: part], states.after[keyPath: part], undone[keyPath: part])
            if was != left { undone[keyPath: part] = was }
            return was == left || found == was || found == left
        }
        var annotation = held.annotation
        let parts = [
            restored(\.tags, &annotation), restored(\.color, &annotation), restored(\.customMetadata, &annotation),
        ]
        guard !parts.contains(false) else { return held }
        if case .tag = work { return Held(entry: held.entry, annotation: annotation) }
        guard held.entry == before?.entry || held.entry == after?.entry else { return held }
        if let before { return Held(entry: before.entry, annotation: annotation) }
        return held.annotation.isEmpty || held.annotation == after?.annotation ? nil : held
    }

    // MARK: Chance

    /// None, some or all of it.
    static func annotation(using random: inout Seeded) throws -> AnnotationChange {
        var change = AnnotationChange()
        if random.next() % 3 == 0 {
            change.tags = Tags.sorted((0..<random.next() % 3).map { _ in tag(using: &random) })
        }
        if random.next() % 3 == 0 { change.color = .some([nil, .red, .blue].randomElement(using: &random) ?? nil) }
        if random.next() % 3 == 0 {
            change.customMetadata = .some(try Metadata(json: Array(["null", "1", "{}"][Int(random.next() % 3)].utf8)))
        }
        return change
    }

    private static func tag(using random: inout Seeded) -> String { ["t", "u", "é"][Int(random.next() % 3)] }

    static func entry(_ name: String, using random: inout Seeded) throws -> Entry {
        Entry(
            key: try Key(name),
            value: (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) },
            metadata: Bool.random(using: &random)
                ? try Metadata(json: Array("{\"n\": \(random.next() % 9)}".utf8)) : nil,
            expiration: Bool.random(using: &random) ? nil : Expiration(stored: 4_102_444_800 + Int64(random.next() % 9))
        )
    }

    private static func annotated(_ name: String, using random: inout Seeded) throws -> AnnotatedEntry {
        AnnotatedEntry(entry: try entry(name, using: &random), annotation: try annotation(using: &random))
    }

    static func work(using random: inout Seeded) throws -> (Work, Selected) {
        let collision: Collision = Bool.random(using: &random) ? .overwrite : .skip
        let prefix = prefixes[Int(random.next() % UInt64(prefixes.count))]
        let names = keys.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random))
        let selected: Selected = [.all, .prefix(prefix), .keys(Array(names))][Int(random.next() % 3)]
        switch random.next() % 7 {
        case 0: return (.delete, selected)
        case 1: return (.expire(Bool.random(using: &random) ? nil : 4_200_000_000), selected)
        case 2: return (.copy(collision), selected)
        case 3: return (.move(collision), selected)
        case 4:
            let changes: [TagChange] = [
                .replace([tag(using: &random)]), .edit(add: [tag(using: &random)], remove: [tag(using: &random)]),
                .color([nil, .green].randomElement(using: &random) ?? nil),
            ]
            return (.tag(changes[Int(random.next() % 3)]), selected)
        case 5:
            let others = ["z/", prefix + "new/", "a", "b/"].filter { $0 != prefix }
            let other = others[Int(random.next() % UInt64(others.count))]
            return (.rename(prefix, other, collision), .prefix(prefix))
        default:
            // Each key once, or some of them again, with the same content or another.
            var entries = try names.map { try annotated($0, using: &random) }
            for name in names.suffix(Int.random(in: 0...2, using: &random)) {
                let again = Bool.random(using: &random) ? entries[0] : try annotated(name, using: &random)
                entries.insert(again, at: Int.random(in: 1...entries.count, using: &random))
            }
            return (.importing(entries, collision), .all)
        }
    }
}

extension Model.Held {
    /// As it goes elsewhere.
    fileprivate var whole: AnnotatedEntry {
        AnnotatedEntry(entry: entry, annotation: AnnotationChange(to: annotation))
    }
}
