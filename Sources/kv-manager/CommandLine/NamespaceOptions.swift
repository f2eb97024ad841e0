import ArgumentParser
import KVClient

struct StoreOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The store, by its name; KV_MANAGER_STORE, or else local.")
    var store: String?

    var name: String { store ?? EnvironmentVariables()[Setting.store.variable] ?? "local" }
}

struct NamespaceOptions: ParsableArguments {
    @OptionGroup
    var store: StoreOptions

    @Option(name: [.short, .long, .customLong("namespace-id")], help: "The namespace, by its title or its id.")
    var namespace: String

    func place(_ session: Session) async throws -> NamespaceAddress {
        try await session.client.place(namespace, in: store.name)
    }
}
