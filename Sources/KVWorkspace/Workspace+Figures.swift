package import KVJobs
package import KVLedger
package import KVModel

extension Workspace {
    /// Returns the figures of the program for the monitor or for the metrics.
    ///
    /// - Parameter permission: `readMonitor` or `readMetrics`.
    package func figures(for permission: Permission) throws(KVError) -> ProgramFigures {
        try require(permission)
        return ProgramFigures(stores: resources.stores.all.map(\.description), jobs: resources.jobs)
    }
}

/// The figures of stores, jobs and the data folder.
package struct ProgramFigures: Sendable {
    package let stores: [StoreDescription]
    private let source: Jobs

    init(stores: [StoreDescription], jobs: Jobs) {
        self.stores = stores
        source = jobs
    }

    /// What jobs have done since the program started.
    package var jobs: JobFigures { source.figures }
    /// The number of jobs of each kind and state.
    package func census() async throws -> [JobCensus] { try await source.census() }
    /// The bytes in the data folder, by kind, and those that are free on its disk.
    package func storage() async throws -> (bytes: [StorageSurvey.Kind: Int], free: Int) {
        try await source.files.survey.look()
    }
}
