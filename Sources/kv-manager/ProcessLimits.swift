import CGlibc
import Foundation
import KVModel
import NIOCore

/// Limits and settings of the process.
enum ProcessLimits {
    /// The number of threads for blocking work: reads of many rows, files, uploads. A few slow ones must not block the others.
    private static let blockingThreads = 8
    /// With one for each thread, an import of a million entries held 267 MB at its peak; with two, 141 MB.
    private static let mallocArenas: Int32 = 2
    /// Large values come and go; without it, 25 MiB for each thread stayed with the process.
    private static let mappedBlocks: Int32 = 8 << 20
    /// Batches of jobs come and go within it. With the system's pages for each batch, a delete took 8 % longer.
    private static let keptMemory: Int32 = 4 << 20
    /// Each connection takes a descriptor, and the usual limit is 1,024.
    private static let openFiles: rlim_t = 65_536

    static func prepare() {
        limit_malloc_arenas(mallocArenas)
        map_large_blocks(mappedBlocks)
        keep_free_memory(keptMemory)
        NIOSingletons.blockingPoolThreadCountSuggestion = blockingThreads
        // Only the owner can read the files that the program creates, in any folder.
        umask(0o077)
        guard var limit = openFileLimit, limit.rlim_cur < openFiles else { return }
        limit.rlim_cur = min(limit.rlim_max, openFiles)
        setrlimit(openFileResource, &limit)
    }

    #if canImport(Glibc)
        private static let openFileResource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let openFileResource = RLIMIT_NOFILE
    #endif

    private static var openFileLimit: rlimit? {
        var limit = rlimit()
        return getrlimit(openFileResource, &limit) == 0 ? limit : nil
    }

    // MARK: Open files

    /// Files of stores, the ledger and the program itself.
    private static let ownFiles = 96
    private static let leastOpenFiles = 128
    private static let mostConnections = 12_000

    /// Throws if the process may open too few files to serve requests.
    static func checkOpenFiles() throws(KVError) {
        guard let limit = openFileLimit, limit.rlim_cur < leastOpenFiles else { return }
        throw KVError(
            .invalidRequest,
            "The process may open only \(limit.rlim_cur) files; allow at least \(leastOpenFiles) (ulimit -n, or LimitNOFILE= of "
                + "the service), better 65536.")
    }

    /// The number of connections for which there are descriptors. A third of the rest is for temporary files of large bodies.
    static var maximumConnections: Int {
        guard let limit = openFileLimit else { return mostConnections }
        let left = Int(min(limit.rlim_cur, openFiles)) - ownFiles
        return min(mostConnections, max(16, left * 2 / 3))
    }
}
