import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Another program that is run until it ends, whatever it leaves running.
enum Child {
    private static let longestAnswer = 65_536

    /// What it prints goes where this program's messages go.
    /// - Parameters:
    ///   - program: Its path.
    ///   - limit: A program that takes longer is killed, and has failed.
    static func run(
        _ program: String, _ arguments: [String], output: FileDescriptorOutput = .currentStandardError,
        limit: Duration = .seconds(300)
    ) async throws -> TerminationStatus {
        try await within(limit, program) {
            try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), output: output, error: .currentStandardError
            ).terminationStatus
        }
    }

    /// What a program prints, without the white space around it; nil where it fails.
    static func answer(of program: String, _ arguments: String...) async throws -> String? {
        try await within(.seconds(60), program) {
            let ended = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), output: .string(limit: longestAnswer),
                error: .currentStandardError)
            return ended.terminationStatus.isSuccess
                ? ended.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines) : nil
        }
    }

    private static func within<Result: Sendable>(
        _ limit: Duration, _ program: String, _ run: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return try await run()
                } catch let error as SubprocessError {
                    throw CommandFailure("\(program) cannot be run: \(error)")
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw CommandFailure("\(program) did not end within \(limit.components.seconds) s, and was killed.")
            }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}

extension TerminationStatus {
    /// Such as `ended with status 1`.
    var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signaled(let signal): "ended by signal \(signal)"
        }
    }
}
