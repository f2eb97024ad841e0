package import Logging
package import ServiceLifecycle

/// The engine of one configured store: decodes the settings that belong to the engine, and opens it.
///
/// An engine becomes available by listing its provider in `App+build.swift`.
package protocol EngineProvider: Equatable, Sendable {
    /// The name by which a store's configuration chooses the engine; the API reports it too.
    static var engine: String { get }
    /// The fields of a store's configuration that belong to this engine, in the order in which errors name them.
    static var fields: [String] { get }

    /// Reads and checks the settings, and opens nothing. Throws `invalid_request` for a missing or invalid setting.
    init(_ configuration: any StoreConfiguration) throws

    /// The settings on one line, without secrets.
    var summary: String { get }

    /// Opens the engine. Blocks.
    func open(_ context: EngineContext) throws -> OpenedEngine
}

extension EngineProvider {
    /// Returns whether the other provider is of the same engine and has the same settings.
    package func isEqual(to other: any EngineProvider) -> Bool { (other as? Self) == self }
}

/// The configuration of one store, as the provider of its engine reads it.
///
/// Errors name the line of the field, or the environment variable, that is at fault.
package protocol StoreConfiguration {
    /// The store's name.
    var store: String { get }
    /// Parses a field that is text; nil where the field is not given.
    func field<Value>(_ name: String, _ parse: (String) throws(KVError) -> Value) throws -> Value?
    /// An environment variable; nil where it is not set or empty.
    func variable(_ name: String) -> String?
    /// The secret in an environment variable, or in the file that the variable with `_FILE` at its end names; nil where
    /// neither is set.
    func secret(in variable: String) throws -> String?
    /// Replaces `~` at the start of a path by the home folder.
    func path(_ text: String) throws -> String
}

extension StoreConfiguration {
    package func field(_ name: String) throws -> String? {
        try field(name) { text throws(KVError) in text }
    }

    /// Parses an environment variable; nil where it is not set or empty.
    package func variable<Value>(
        _ name: String, _ parse: (String) throws(KVError) -> Value
    ) throws(KVError) -> Value? {
        guard let text = variable(name) else { return nil }
        do throws(KVError) {
            return try parse(text)
        } catch {
            throw KVError(error.code, "\(name): \(error.detail)", cause: error.cause)
        }
    }
}

/// The parts of the program that an engine uses.
package struct EngineContext: Sendable {
    /// The name of the store, which may be part of a file's name.
    package let store: String
    /// Engines of the stores that are configured before this one, which may share a quota with it.
    package let others: [any KeyValueEngine]
    /// Returns the path of a folder in the data folder, which is created where it does not exist.
    package let folder: @Sendable (_ name: String) throws -> String
    package let logger: Logger
    package let clock: WallClock

    package init(
        store: String, others: [any KeyValueEngine], folder: @escaping @Sendable (_ name: String) throws -> String,
        logger: Logger, clock: WallClock
    ) {
        self.store = store
        self.others = others
        self.folder = folder
        self.logger = logger
        self.clock = clock
    }
}

/// An engine, and what the program does for it while it runs.
package struct OpenedEngine: Sendable {
    /// A SQLite file in the data folder, which belongs into backups.
    package struct Database: Sendable {
        /// Within the data folder.
        package let path: String
        /// Keeps everything from being written to the file while it runs its argument. Blocks.
        package let hold: @Sendable (() throws -> Void) throws -> Void
        /// Closes the file when the program ends. Blocks.
        package let close: @Sendable () throws -> Void

        package init(
            path: String, hold: @escaping @Sendable (() throws -> Void) throws -> Void,
            close: @escaping @Sendable () throws -> Void
        ) {
            self.path = path
            self.hold = hold
            self.close = close
        }
    }

    package let engine: any KeyValueEngine
    /// Run until the program ends.
    package let services: [any Service]
    package let databases: [Database]

    package init(_ engine: any KeyValueEngine, services: [any Service] = [], databases: [Database] = []) {
        self.engine = engine
        self.services = services
        self.databases = databases
    }
}
