import ArgumentParser
import Subprocess

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
            throw ValidationError(
                "Set how the program is stopped and started with --service, or with --stop and --start.")
        }
    }

    /// Returns whether the command succeeded.
    func stopProgram(within limit: Duration) async throws -> Bool {
        try await run(stop, orTellServiceTo: "stop", limit).isSuccess
    }

    func startProgram(within limit: Duration) async throws {
        // A version that failed has used up some of the starts that systemd allows in a while; the one that is gone back to
        // must not want for them.
        if service != nil { _ = try await run(nil, orTellServiceTo: "reset-failed", limit) }
        let status = try await run(start, orTellServiceTo: "start", limit)
        guard status.isSuccess else {
            throw CommandFailure(
                "It could not be started: \(start ?? "systemctl start \(service ?? "")") \(status.words).")
        }
    }

    private func run(
        _ command: String?, orTellServiceTo verb: String, _ limit: Duration
    ) async throws -> TerminationStatus {
        // What a shell leaves running must not end by a key that is meant for this program.
        if let command {
            return try await Child.run("/bin/sh", ["-c", command], named: command, limit: limit, isApart: true)
        }
        // It may have to ask for a password at the terminal.
        let words = ["systemctl", verb, service ?? ""]
        return try await Child.run(
            "/usr/bin/env", words, named: words.joined(separator: " "), limit: limit, isApart: false)
    }
}
