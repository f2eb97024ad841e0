import ArgumentParser
import KVAPI
import KVClient
import NIOHTTP1

struct NamespaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespace", abstract: "List, create, rename and delete namespaces.",
        subcommands: [List.self, Create.self, Rename.self, Delete.self])

    private static func words(_ namespace: APIAnswer<API.Namespace>) -> String {
        "\(namespace.id)  \(namespace.title)"
    }

    struct List: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a store's namespaces.", discussion: "Example:\n  kv-manager namespace list --query session")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        @Option(help: "Those that have this in their title, or as their id.")
        var query: String?

        func run(_ session: Session) async throws {
            try await Listing<API.Namespace>.print(
                "namespaces", at: APIClient.namespaces(of: store.name), QueryParameters(["query": query]), session,
                as: output.output, none: "There are no namespaces.",
                [
                    Column("ID") { $0.id },
                    Column("KEYS", isNumber: true) { $0.keyCount.map(DisplayText.count) },
                    Column("VALUES", isNumber: true) { $0.valueBytes.map(DisplayText.bytes) },
                    Column("PROTECTED") { $0.protected ? "yes" : "no" },
                    Column("TITLE") { $0.title },
                ])
        }
    }

    struct Create: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a namespace.", discussion: "Example:\n  kv-manager namespace create sessions")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The title of the new namespace.") var title: String

        var requirement: DataFolder.Requirement { .folder(store: store.name) }

        func run(_ session: Session) async throws {
            let made = try await session.client.createNamespace(titled: title, in: store.name)
            try await Listing.print(made, as: output.output, NamespaceCommand.words)
        }
    }

    struct Rename: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a namespace another title.",
            discussion:
                "Its id and its keys stay as they are.\n\nExample:\n  kv-manager namespace rename sessions sessions-old"
        )

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The namespace, by its title or its id.") var namespace: String
        @Argument(help: "The new title.") var title: String

        func run(_ session: Session) async throws {
            let place = try await session.client.place(namespace, in: store.name)
            let renamed = try await session.client.send(
                .PATCH, place.path, json: API.NamespaceUpdate(title: title), for: API.Namespace.self)
            try await Listing.print(renamed, as: output.output, NamespaceCommand.words)
        }
    }

    struct Delete: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a namespace with all its keys.",
            discussion: """
                It cannot be undone: an export before it is the way back. On a terminal its title is asked for; elsewhere --yes is needed.

                Example:
                  kv-manager namespace delete sessions-old --yes
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: [.customShort("y"), .customLong("yes")], help: "Do not ask first.") var isSure = false
        @Argument(help: "The namespace, by its title or its id.") var namespace: String

        func run(_ session: Session) async throws {
            let place = try await session.client.place(namespace, in: store.name)
            if !isSure {
                guard Console.canAsk else {
                    throw CommandFailure(
                        "Cannot ask for confirmation to delete \"\(place.title)\" without a terminal; use --yes.")
                }
                let found = try await session.client.get(place.path, as: API.Namespace.self)
                let keys = found.keyCount.map(DisplayText.keys) ?? "all its keys"
                let title = TerminalText.visible(place.title)
                guard try await Console.asks("Delete \"\(title)\" with \(keys)? It cannot be undone.") else {
                    throw CommandFailure("Nothing was done.")
                }
            }
            try await session.client.delete(place.path)
            try await Console.tell("Deleted \(TerminalText.visible(place.title)).")
        }
    }
}
