package import KVModel

extension API {
    /// The abilities in which engines differ; `EngineCapabilities` documents each.
    package struct Capabilities: Codable, Hashable, Sendable {
        package var costsQuota: Bool
        package var transactionalWrites: Bool
        package var conditionalWrites: Bool
        package var reportsPriorExistence: Bool
        package var cheapCount: Bool
        package var protectsNamespaces: Bool
        package var metadata: Bool
        package var ttl: Bool
        package var exactBatchReads: Bool
        package var streamsValues: Bool

        package init(_ capabilities: EngineCapabilities) {
            costsQuota = capabilities.contains(.costsQuota)
            transactionalWrites = capabilities.contains(.transactionalWrites)
            conditionalWrites = capabilities.contains(.conditionalWrites)
            reportsPriorExistence = capabilities.contains(.reportsPriorExistence)
            cheapCount = capabilities.contains(.cheapCount)
            protectsNamespaces = capabilities.contains(.protectsNamespaces)
            metadata = capabilities.contains(.metadata)
            ttl = capabilities.contains(.ttl)
            exactBatchReads = capabilities.contains(.exactBatchReads)
            streamsValues = capabilities.contains(.streamsValues)
        }
    }
}
