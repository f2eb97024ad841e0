package import KVModel

extension API {
    /// The answer to `GET /api/stores`: the stores in the order of the configuration.
    package struct StoreList: Codable, Sendable {
        package var stores: [Store]

        package init(stores: [Store]) {
            self.stores = stores
        }
    }

    /// A configured connection to an engine.
    package struct Store: Codable, Sendable {
        package var name: String
        /// The name of the engine, for people. Programs decide by `capabilities`.
        package var engine: String
        package var label: String
        package var limits: Limits
        package var capabilities: Capabilities
        /// The capability `costsQuota`. Deprecated.
        package var remote: Bool
        /// The capability of this name. Deprecated.
        package var protectsNamespaces: Bool
        /// For a store whose requests cost a quota.
        package var pace: Pace?
        /// Whether the store refuses every change.
        package var protected: Bool
        package var reachable: Bool

        package init(_ store: StoreDescription, isReachable: Bool) {
            let traits = store.traits
            name = store.name
            engine = store.engineName
            label = store.label
            limits = Limits(traits.limits)
            capabilities = Capabilities(traits.capabilities)
            remote = traits.capabilities.contains(.costsQuota)
            protectsNamespaces = traits.capabilities.contains(.protectsNamespaces)
            pace = store.pace.map { Pace($0) }
            protected = store.isProtected
            reachable = isReachable
        }
    }

    /// The limits of a single entry.
    package struct Limits: Codable, Sendable {
        package var keyBytes: Int
        package var valueBytes: Int
        package var metadataBytes: Int
        /// In seconds.
        package var minimumTTL: Int64

        init(_ limits: EngineTraits.Limits) {
            keyBytes = limits.keyBytes
            valueBytes = limits.valueBytes
            metadataBytes = limits.metadataBytes
            minimumTTL = limits.minimumTTL
        }
    }

    /// How far the quota of a store is used.
    package struct Pace: Codable, Sendable {
        /// Such as `1200/300s`.
        package var quota: String
        /// The number of requests that the quota allows in `seconds`.
        package var requests: Int
        package var seconds: Int
        /// The number of requests that may still be sent in the present window.
        package var remaining: Int
        /// The number of requests that wait for their turn.
        package var waiting: Int
        @Nullable package var throttledUntil: Time?

        init(_ pace: KVModel.Pace) {
            quota = "\(pace.quota)"
            requests = pace.quota.requests
            seconds = Int(pace.quota.seconds)
            remaining = pace.remaining
            waiting = pace.waiting
            throttledUntil = pace.throttledUntil.map { Time($0) }
        }
    }
}
