import ArgumentParser
import AsyncHTTPClient
import Foundation
import KVAPI
import KVClient
import KVModel
import NIOCore
import NIOHTTP1

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "List, read, write and delete single keys.",
        subcommands: [List.self, Get.self, Put.self, Delete.self])

    struct List: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "List keys, in the order of their bytes.",
            discussion: "Example:\n  kv-manager key list -n sessions --prefix user: --output ndjson")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var output: OutputOptions

        @Option(help: "Those that begin with this.")
        var prefix: String?

        @Option(help: ArgumentHelp("The maximum number of results.", valueName: "count"))
        var limit: Int?

        mutating func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
        }

        func run(_ session: Session) async throws {
            let place = try await namespace.place(session)
            try await Listing<API.KeyInfo>.print(
                "keys", at: "\(place.path)/keys", QueryParameters(["prefix": prefix]), limit: limit ?? .max, session,
                as: output.output, none: "There are no such keys.",
                [
                    Column("SIZE", isNumber: true) { $0.size.map(DisplayText.bytes) },
                    Column("EXPIRES") { $0.expiration.map(DisplayText.time) ?? "never" },
                    Column("COLOR") { $0.color },
                    Column("TAGS") { $0.tags?.joined(separator: ", ") },
                    Column("METADATA") { $0.node["metadata"].map { String($0.json.prefix(60)) } },
                    Column("KEY") { $0.name },
                ])
        }
    }

    struct Get: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a key's value to standard output, byte for byte.",
            discussion: """
                With --output json the whole entry, with metadata, expiration, tags, colour and custom metadata.

                Example:
                  kv-manager key get -n sessions user:1 > value
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var namespace: NamespaceOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The key.") var key: String

        func run(_ session: Session) async throws {
            let place = try await namespace.place(session)
            if output.output != .text {
                return try await Console.print(session.client.get(place.entry(key), as: API.Entry.self).json)
            }
            let response = try await session.client.send(.GET, place.value(key))
            guard Console.outputIsTerminal else {
                _ = try await OutputPath.write(response.body, to: "-")
                return
            }
            let value = Array(buffer: try await response.body.collect(upTo: 32 << 20))
            let isPlain =
                value.isValidUTF8
                && String(decoding: value, as: UTF8.self).unicodeScalars.allSatisfy {
                    $0 == "\t" || $0 == "\n" || !TerminalText.isHidden($0)
                }
            guard isPlain else {
                throw CommandFailure(
                    "The value has bytes that a terminal cannot show; write it to a file: kv-manager key get … > FILE")
            }
            try await Console.write(value + (value.last == 0x0A ? [] : [0x0A]))
        }
    }

    struct Put: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a key: its value, and all that belongs to it.",
            discussion: """
                Metadata and expiration that are not given are removed; tags, color and custom metadata, which \
                KV Manager keeps beside the store, stay.

                Examples:
                  kv-manager key put -n sessions user:1 hello --ttl 12h --metadata '{"by":"me"}'
                  kv-manager key put -n images logo --path logo.png --tag brand --color blue
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var namespace: NamespaceOptions
        @Option(help: ArgumentHelp("A file that holds the value; - reads standard input.", valueName: "file")) var path:
            String?
        @OptionGroup var expires: ExpirationOptions
        @Option(help: ArgumentHelp("Metadata, as JSON.", valueName: "json")) var metadata: String?
        @Option(help: ArgumentHelp("A tag, in place of those there; may be given often.", valueName: "tag"))
        var tag: [String] = []
        @Option(help: ArgumentHelp("The colour.", valueName: "color")) var color: ColorChoice?
        @Option(help: ArgumentHelp("Custom metadata, as JSON; null takes them away.", valueName: "json"))
        var customMetadata: String?
        @Argument(help: "The key.") var key: String
        @Argument(help: "The value.") var value: String?

        mutating func validate() throws {
            guard (value == nil) != (path == nil) else { throw ValidationError("Give a value, or a file by --path.") }
            guard expires.ttl == nil || expires.expiration == nil else {
                throw ValidationError("Give --ttl or --expiration, not both.")
            }
        }

        func run(_ session: Session) async throws {
            let place = try await namespace.place(session)
            let query = QueryParameters([
                "ttl": expires.ttl.map(String.init), "expiration": expires.expiration.map(String.init),
            ])
            var form = EntryForm()
            if let metadata { form.add("metadata", json: try Self.checked(metadata, "metadata")) }
            let annotation = try annotation()
            if !annotation.isEmpty { form.add("annotation", json: "{\(annotation.joined(separator: ","))}") }
            let headers: HTTPHeaders = ["Content-Type": form.contentType]
            let address = place.value(key, query)
            let frame = form.frame
            if let path {
                try await FilePieces.of(path, within: frame) {
                    _ = try await session.client.send(.PUT, address, headers: headers, body: $0)
                }
            } else {
                let bytes = frame.before + Array((value ?? "").utf8) + frame.after
                _ = try await session.client.send(.PUT, address, headers: headers, body: .bytes(bytes))
            }
        }

        /// The members of the part that has it.
        private func annotation() throws -> [String] {
            var members: [String] = []
            if !tag.isEmpty { members.append("\"tags\":\(try Self.json(tag))") }
            if let color { members.append("\"color\":\(try Self.json(color.json))") }
            if let customMetadata {
                members.append("\"customMetadata\":\(try Self.checked(customMetadata, "custom metadata"))")
            }
            return members
        }

        private static func json(_ value: some Encodable) throws -> String {
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }

        /// Throws where the text is not JSON.
        private static func checked(_ json: String, _ what: String) throws -> String {
            do {
                try JSONScanner.validate(Array(json.utf8))
            } catch {
                throw CommandFailure("The \(what) are no JSON: \(error).", status: ExitStatus.usage)
            }
            return json
        }
    }

    struct Delete: SessionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a key.", discussion: "Example:\n  kv-manager key delete -n sessions user:1")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var namespace: NamespaceOptions
        @Argument(help: "The key.") var key: String

        func run(_ session: Session) async throws {
            try await session.client.delete(namespace.place(session).entry(key))
        }
    }
}
