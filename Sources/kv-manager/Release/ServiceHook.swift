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
            throw ValidationError("Say how the program is stopped and started: by --service, or by --stop and --start.")
        }
    }

    /// Returns whether the command succeeded.
    func stopProgram() async throws -> Bool {
        if let stop { return try await Child.run("/bin/sh", ["-c", stop]).isSuccess }
        return try await Child.run("/usr/bin/env", ["systemctl", "stop", service ?? ""]).isSuccess
    }

    func startProgram() async throws {
        let status =
            if let start {
                try await Child.run("/bin/sh", ["-c", start])
            } else {
                try await Child.run("/usr/bin/env", ["systemctl", "start", service ?? ""])
            }
        guard status.isSuccess else {
            throw CommandFailure(
                "It could not be started: \(start ?? "systemctl start \(service ?? "")") \(status.words).")
        }
    }
}
