import Dispatch
import KVWorkspace
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@Suite("Threads for lists of keys")
struct KeyListThreadsTests {
    @Test("leave the shared threads to others, however many lists wait for the ledger", .timeLimit(.minutes(1)))
    func leavesSharedThreads() async throws {
        let threads = KeyListThreads()
        threads.start()
        let ledger = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let lists = NIOSingletons.blockingPoolThreadCountSuggestion + 4
            for _ in 0..<lists { group.addTask { try await threads.run { ledger.wait() } } }
            // What an import reads its file on.
            for _ in 0..<lists { try await NIOThreadPool.singleton.runIfActive {} }
            for _ in 0..<lists { ledger.signal() }
            try await group.waitForAll()
        }
        try await end(threads)
    }

    @Test("end with the service, and then refuse work")
    func endsWithTheService() async throws {
        let threads = KeyListThreads()
        threads.start()
        #expect(try await threads.run { 1 } == 1)
        try await end(threads)
        await #expect(throws: (any Error).self) { try await threads.run { 1 } }
    }

    /// As its service group ends it.
    private func end(_ threads: KeyListThreads) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await threads.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
