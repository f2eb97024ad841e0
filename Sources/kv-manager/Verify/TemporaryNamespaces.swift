import KVAPI
import KVClient
import NIOHTTP1

/// Namespaces that exist for as long as the checks run, with jobs on them that do not end by themselves.
actor TemporaryNamespaces {
    static let mark = "kv-manager-verify-"

    private let client: APIClient
    nonisolated let store: String
    /// By title: from before the server is asked, since its answer may be lost.
    private var titles: Set<String> = []
    private var jobs: [String] = []

    init(_ client: APIClient, in store: String) {
        self.client = client
        self.store = store
    }

    func make() async throws -> NamespaceAddress {
        let title = Self.mark + String(UInt64.random(in: 0...UInt64.max), radix: 16)
        titles.insert(title)
        let made = try await client.createNamespace(titled: title, in: store)
        return NamespaceAddress(store: store, id: made.id, title: title)
    }

    /// Has a job cancelled before the namespaces are removed, unless it has ended by then.
    func cancelLater(_ job: String) { jobs.append(job) }

    /// Tries all, whatever becomes of each. Throws the last failure.
    func removeAll() async throws {
        var failure: (any Error)?
        for job in jobs {
            do {
                try await client.send(.cancel, to: job)
            } catch let error as ClientError where error.code == "invalid_transition" {
                // It has ended.
            } catch {
                failure = error
            }
        }
        for title in titles {
            do {
                try await client.delete(client.place(title, in: store).path)
            } catch let error as ClientError where error.code == "namespace_not_found" {
                // It was not made, or is gone.
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
