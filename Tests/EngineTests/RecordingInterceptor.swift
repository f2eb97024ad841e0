import KVModel
import Synchronization

/// Records what it is shown.
final class RecordingInterceptor: ChangeInterceptor {
    struct Unsealed: Error {}

    private let held: Key?
    private let seals: Bool
    private let changes = Mutex<[String]>([])

    init(holding held: Key? = nil, seals: Bool = true) {
        self.held = held
        self.seals = seals
    }

    var seen: [String] { changes.withLock { $0.sorted() } }

    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool {
        func text(_ entry: Entry?) -> String { entry.map { String(decoding: $0.value, as: UTF8.self) } ?? "none" }
        changes.withLock { $0.append("\(key.name): \(text(old)) → \(text(new))") }
        return key != held
    }

    func seal() throws {
        if !seals { throw Unsealed() }
    }
}
