import KVClient
import NIOHTTP1

/// Namespaces for as long as somebody works with them.
actor TemporaryNamespaces {
    static let mark = "kv-manager-verify-"

    private let client: APIClient
    private let store: String
    private var made: [Place] = []

    init(_ client: APIClient, in store: String) {
        self.client = client
        self.store = store
    }

    func make() async throws -> Place {
        let title = Self.mark + String(UInt64.random(in: 0...UInt64.max), radix: 16)
        let answer = try await client.tell(.POST, APIClient.namespaces(of: store), ["title": title])
        guard let id = answer["id"]?.text else { throw Unmet("the answer names no namespace") }
        let place = Place(store: store, id: id, title: title)
        made.append(place)
        return place
    }

    /// Tries all, whatever becomes of each. Throws the last failure.
    func removeAll() async throws {
        var failure: (any Error)?
        for place in made {
            do {
                try await client.delete(place.path)
                made.removeAll { $0 == place }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
