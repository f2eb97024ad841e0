import ArgumentParser
import Foundation

/// How the program is stopped and started: by the service manager, or by commands.
struct ServiceHook: ParsableArguments {
    @Option(help: ArgumentHelp("The unit of systemd that runs the program.", valueName: "unit"))
    var service: String?

    @Option(help: ArgumentHelp("A command that stops the program, in place of --service.", valueName: "command"))
    var stop: String?

    @Option(
        help: ArgumentHelp("A command that starts current/kv-manager, and returns; with --stop.", valueName: "command"))
    var start: String?

    func validate() throws {
        guard (service != nil) != (stop != nil && start != nil), (stop == nil) == (start == nil) else {
            throw ValidationError("Say how the program is stopped and started: by --service, or by --stop and --start.")
        }
    }

    /// Returns whether the command succeeded.
    func stopProgram() async throws -> Bool {
        if let stop { return try await Child.run("/bin/sh", "-c", stop).isSuccess }
        return try await Child.run("/usr/bin/env", "systemctl", "stop", service ?? "").isSuccess
    }

    func startProgram() async throws {
        let status =
            if let start {
                try await Child.run("/bin/sh", "-c", start)
            } else {
                try await Child.run("/usr/bin/env", "systemctl", "start", service ?? "")
            }
        guard status.isSuccess else {
            throw CommandFailure(
                "It could not be started: \(start ?? "systemctl start \(service ?? "")") \(status.words).")
        }
    }
}

/// Another program that is run and waited for.
enum Child {
    struct Status: Sendable {
        var isSuccess: Bool
        /// Such as `ended with status 1`.
        var words: String
    }

    /// What it prints goes where this program's messages go.
    static func run(_ program: String, _ arguments: String...) async throws -> Status {
        try await run(program, arguments, output: .standardError)
    }

    /// - Parameter limit: A program that takes longer is killed, and has failed.
    static func run(
        _ program: String, _ arguments: [String], output: FileHandle, limit: Duration = .seconds(300)
    ) async throws -> Status {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        let (statuses, ended) = AsyncStream.makeStream(of: Status.self)
        process.terminationHandler = { process in
            let isExit = process.terminationReason == .exit
            ended.yield(
                Status(
                    isSuccess: isExit && process.terminationStatus == 0,
                    words: "ended \(isExit ? "with status" : "by signal") \(process.terminationStatus)"))
            ended.finish()
        }
        do {
            try process.run()
        } catch {
            throw CommandFailure("\(program) cannot be run: \(error.localizedDescription)")
        }
        let id = process.processIdentifier
        return try await withThrowingTaskGroup(of: Status?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await statuses.first { _ in true } }
            group.addTask {
                try await Task.sleep(for: limit)
                kill(id, SIGKILL)
                return nil
            }
            while let status = try await group.next() {
                if let status { return status }
            }
            throw CancellationError()
        }
    }

    /// What a program prints, without the white space around it; nil where it fails.
    static func answer(of program: String, _ arguments: String...) async throws -> String? {
        let path = NSTemporaryDirectory() + "kv-manager-\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forUpdatingAtPath: path)
        else { throw CommandFailure("\(path) cannot be written.") }
        // It stays as long as it is open.
        try FileManager.default.removeItem(atPath: path)
        defer { try? file.close() }
        guard try await run(program, arguments, output: file).isSuccess else { return nil }
        try file.seek(toOffset: 0)
        let answer = try file.read(upToCount: longestAnswer) ?? Data()
        return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static let longestAnswer = 65_536
}
