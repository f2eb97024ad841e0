import Hummingbird
import KVModel

/// What became of a bulk write, key by key.
struct BulkResult {
    private(set) var succeeded = 0
    private(set) var failed: [String] = []

    mutating func count(_ name: String, succeeded isDone: Bool) {
        if isDone { succeeded += 1 } else { failed.append(name) }
    }

    mutating func add(failed names: [String]) { failed += names }

    var response: Response {
        .envelope(capacity: 512 + failed.reduce(0) { $0 + $1.utf8.count + 8 }) { json in
            json.object { json in
                json.member("successful_key_count", succeeded)
                json.name("unsuccessful_keys")
                json.array(failed) { json, name in json.string(name) }
            }
        }
    }
}
