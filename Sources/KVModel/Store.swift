/// One configured connection to an engine.
package final class Store: Sendable {
    package let name: String
    package let label: String
    /// The name of its engine, for people: nothing depends on it.
    package let engineName: String
    package let engine: any KeyValueEngine
    /// Nothing in it may be changed from here; the engine refuses it.
    package let isProtected: Bool

    package init(
        name: String, label: String, engineName: String, engine: any KeyValueEngine, isProtected: Bool = false
    ) {
        self.name = name
        self.label = label
        self.engineName = engineName
        self.engine = engine
        self.isProtected = isProtected
    }

    package var traits: EngineTraits { engine.traits }

    /// The store as it is now.
    package var description: StoreDescription {
        StoreDescription(
            name: name, label: label, engineName: engineName, isProtected: isProtected, traits: traits,
            pace: engine.pace)
    }
}

/// What a store is, without a way to its entries.
package struct StoreDescription: Sendable {
    package let name: String
    package let label: String
    /// The name of its engine, for people: nothing depends on it.
    package let engineName: String
    /// Whether the store refuses every change.
    package let isProtected: Bool
    package let traits: EngineTraits
    /// The state of its quota; nil where requests cost none.
    package let pace: Pace?
}

/// The stores of this program, in the order of the configuration.
package struct Stores: Sendable {
    package let all: [Store]

    package init(_ all: [Store]) {
        self.all = all
    }

    /// Throws `store_not_found`.
    package func store(named name: String) throws(KVError) -> Store {
        guard let store = all.first(where: { $0.name == name }) else { throw KVError.noStore(name) }
        return store
    }
}
