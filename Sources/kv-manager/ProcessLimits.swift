import CMalloc
import Foundation
import NIOCore

/// What the process asks of the system before it begins.
enum ProcessLimits {
    /// Threads for what blocks: reads of many rows, files, uploads. A few slow ones must not hold up the others.
    private static let blockingThreads = 8
    /// With one for each thread, an import of a million entries held 267 MB at its peak; with two, 141 MB.
    private static let mallocArenas: Int32 = 2
    /// Each connection takes a descriptor, and the usual limit is 1,024.
    private static let openFiles: rlim_t = 65_536

    static func prepare() {
        limit_malloc_arenas(mallocArenas)
        NIOSingletons.blockingPoolThreadCountSuggestion = blockingThreads
        // What the program makes is its owner's alone, whatever folder it is told to make it in.
        umask(0o077)
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < openFiles else { return }
        limit.rlim_cur = min(limit.rlim_max, openFiles)
        setrlimit(resource, &limit)
    }
}
