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
    ///   - name: What it is called when it has failed.
    ///   - limit: A program that takes longer is killed, and has failed.
    ///   - isApart: What the terminal tells this program, to end say, it is not told.
    static func run(
        _ program: String, _ arguments: [String], named name: String, limit: Duration, isApart: Bool
    ) async throws -> TerminationStatus {
        try await within(limit, name) {
            try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), platformOptions: options(isApart),
                output: .currentStandardError, error: .currentStandardError
            ).terminationStatus
        }
    }

    /// Hands on what it prints, line by line.
    /// - Parameter variables: Of the environment, those that it does not get.
    static func follow(
        _ program: String, _ arguments: [String], without variables: [String], limit: Duration,
        line: @escaping @Sendable (String) async -> Void
    ) async throws -> TerminationStatus {
        let unset = Dictionary(
            uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), nil as String?) })
        return try await within(limit, program) {
            try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments),
                environment: .inherit.updating(unset), platformOptions: options(true), input: .none,
                output: .sequence, error: .currentStandardError
            ) { execution in
                for try await text in execution.standardOutput.strings() { await line(text) }
            }.terminationStatus
        }
    }

    private static func options(_ isApart: Bool) -> PlatformOptions {
        var options = PlatformOptions()
        if isApart {
            options.processGroupID = 0
            // Together with what it has started.
            options.teardownSequence = [
                .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
            ]
        }
        return options
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
        _ limit: Duration, _ name: String, _ run: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    return try await run()
                } catch let error as SubprocessError {
                    throw CommandFailure("\(name) cannot be run: \(error)")
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw CommandFailure("\(name) did not end within \(limit.components.seconds) s, and was killed.")
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
