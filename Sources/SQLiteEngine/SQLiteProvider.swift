package import KVModel

/// The embedded store of a name: a file in the data folder. It has no settings.
package struct SQLiteProvider: EngineProvider {
    package static let engine = "sqlite"
    package static let fields: [String] = []

    private static let folder = "stores"

    package init() {}

    package init(_ configuration: any StoreConfiguration) {}

    package var summary: String { Self.engine }

    package func open(_ context: EngineContext) throws -> OpenedEngine {
        let file = "\(context.store).sqlite"
        let engine = try SQLiteEngine(path: "\(context.folder(Self.folder))/\(file)", clock: context.clock)
        return OpenedEngine(
            engine, services: [Sweeper(engine, logger: context.logger)],
            databases: [.init(path: "\(Self.folder)/\(file)", hold: engine.hold, close: engine.close)])
    }
}
