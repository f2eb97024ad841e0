import KVModel

/// The requests that a job takes, by store.
struct PlanCost: Sendable {
    private let draft: Jobs.Draft
    private let keys: Int
    private let keepsPreImages: Bool
    private let isNamed: Bool

    init(_ draft: Jobs.Draft, keys: Int, keepsPreImages: Bool, isNamed: Bool) {
        self.draft = draft
        self.keys = keys
        self.keepsPreImages = keepsPreImages
        self.isNamed = isNamed
    }

    func requests(_ stores: Stores) -> [String: Int] {
        var requests: [String: Int] = [:]
        func add(_ store: String, _ keysAtOnce: KeyPath<EngineTraits.RequestSizes, Int>) {
            guard let traits = try? stores.store(named: store).engine.traits else { return }
            let sizes =
                traits.requests
                ?? .init(
                    list: traits.batches.delete, read: traits.batches.read, write: traits.batches.write,
                    delete: traits.batches.delete)
            requests[store, default: 0] += (keys + sizes[keyPath: keysAtOnce] - 1) / sizes[keyPath: keysAtOnce]
        }
        let isRemote = { (store: String) in (try? stores.store(named: store).engine.traits.isRemote) ?? false }
        let target = draft.work.target?.store ?? draft.store
        if !isNamed, isRemote(draft.store) { add(draft.store, \.list) }
        switch draft.work {
        case .delete: add(draft.store, \.delete)
        case .expire:
            add(draft.store, isRemote(draft.store) ? \.read : \.list)
            add(draft.store, \.write)
        case .export: add(draft.store, \.read)
        case .copy, .move, .rename:
            add(draft.store, \.read)
            add(target, \.write)
        case .tag, .importing, .undo, .unknown: break
        }
        if draft.work.leavesSource { add(draft.store, \.delete) }
        // Where there are transactions, what is replaced is seen by the change itself.
        if keepsPreImages {
            if draft.work.writesSource, draft.work.kind != .expire, isRemote(draft.store) { add(draft.store, \.read) }
            if draft.work.target != nil, isRemote(target) { add(target, \.read) }
        }
        return requests
    }
}

extension JobWork {
    fileprivate var leavesSource: Bool {
        switch self {
        case .move, .rename: true
        default: false
        }
    }
}
