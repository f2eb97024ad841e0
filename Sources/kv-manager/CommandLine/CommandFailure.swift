import ArgumentParser
import Foundation
import KVClient
import KVFiles
import KVModel

/// What the program's exit status says.
enum ExitStatus {
    /// A request was refused, or something is not as it should be.
    static let failure = ExitCode(1)
    /// A job ended, and some keys could not be done.
    static let incomplete = ExitCode(2)
    /// A job failed, or was cancelled.
    static let jobFailed = ExitCode(3)
    /// A mistake in use.
    static let usage = ExitCode(64)
    /// No server answers.
    static let unreachable = ExitCode(69)
    /// Ended by a signal.
    static let interrupted = ExitCode(130)
}

/// Why a command ends without success, in one sentence for people.
struct CommandFailure: LocalFailure {
    var detail: String
    var status = ExitStatus.failure

    init(_ detail: String, status: ExitCode = ExitStatus.failure) {
        self.detail = detail
        self.status = status
    }

    /// Runs a command. What is thrown is told on standard error, and becomes the exit status.
    static func reported(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as KVError {
            let source = storeSource(error.codeName, error.detail)
            try end(error.detail + source + (error.cause.map { "\n  (\($0))" } ?? ""), ExitStatus.failure)
        } catch let error as ClientError {
            let name = error.requestID.map { "\n  (request \($0))" } ?? ""
            let status =
                switch error.kind {
                case .noAddress: ExitStatus.usage
                case .unreachable: ExitStatus.unreachable
                case .refused, .notUnderstood, .notUpgraded: ExitStatus.failure
                }
            try end(error.detail + storeSource(error.code, error.detail) + name, status)
        } catch let error as CommandFailure {
            try end(error.detail, error.status)
        } catch let error as UntrustedFile {
            try end(error.description, ExitStatus.failure)
        } catch let error as DataFolder.InUse {
            try end(
                "The data folder \(error.path) is in use by another KV Manager. End that one, or choose another folder by --data.",
                ExitStatus.failure)
        } catch is BrokenPipe {
            try BrokenPipe.end()
        } catch is CancellationError {
            try end("Interrupted.", ExitStatus.interrupted)
        } catch let status as ExitCode {
            throw status
        } catch let error as CocoaError {
            try end("It broke off: \(error.localizedDescription)", ExitStatus.failure)
        } catch {
            try end("It broke off: \(error)", ExitStatus.failure)
        }
    }

    /// Names the variable that sets the store, where an error is about its name.
    private static func storeSource(_ code: String?, _ detail: String) -> String {
        let variable = Setting.store.variable
        guard code == KVError.Code.storeNotFound.rawValue, let store = EnvironmentVariables()[variable],
            detail.contains("\"\(store)\"")
        else { return "" }
        return " \(variable) sets the store."
    }

    private static func end(_ detail: String, _ status: ExitCode) throws {
        let lines = detail.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { TerminalText.visible(String($0)) }.joined(separator: "\n")
        // Where it cannot be told, the exit status says it.
        try? OpenDescriptor.write(Array("kv-manager: \(text)\n".utf8)[...], to: STDERR_FILENO)
        throw status
    }
}
