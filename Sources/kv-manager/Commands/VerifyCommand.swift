import ArgumentParser
import Foundation
import KVClient

enum VerifyForm: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a server after its deployment, and say what was seen.",
        discussion: """
            It looks whether the server lives and is whole, does in namespaces of its own what people do first, removes them \
            again, and watches the server's figures for a while. The exit status is 0 only if all holds.

            Example:
              kv-manager verify --server https://kv.example.com --expect-version 1.4.0 --watch 60
            """)

    @Option(help: ArgumentHelp("The address of the server; KV_MANAGER_SERVER.", valueName: "url"))
    var server: String?

    @OptionGroup var trust: TrustOptions
    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("The version that it should have.", valueName: "version"))
    var expectVersion: String?

    @Option(
        help: ArgumentHelp("For how long nothing is done, and the server is watched.", valueName: "duration"),
        transform: TimeArgument.duration)
    var watch = 10

    @OptionGroup(title: "Limits") var limits: WatchLimits

    @Option(help: ArgumentHelp("How the checklist is printed.", valueName: "form"))
    var output = VerifyForm.text

    mutating func validate() throws {
        guard (0...86_400).contains(watch) else { throw ValidationError("--watch is 0 to 86,400 seconds.") }
    }

    func run() async throws {
        try await CommandFailure.reported {
            guard let server = try ServerAddress.given(server) else {
                throw CommandFailure("Say which server, by --server or KV_MANAGER_SERVER.", status: ExitStatus.usage)
            }
            let environment = EnvironmentVariables()
            let client = try APIClient(
                server, headers: try ServerHeaders.given(), trusting: try await trust.certificates()
            ) { environment[$0] }
            let outcome: Result<Checklist, any Error>
            do { outcome = .success(try await verify(client)) } catch { outcome = .failure(error) }
            try await client.shutdown()
            let list = try outcome.get()
            try await report(list, server)
            if await !list.passed { throw ExitStatus.failure }
        }
    }

    private func verify(_ client: APIClient) async throws -> Checklist {
        let list = Checklist { [output] check in
            if output == .text { try await Console.print(Self.line(check)) }
        }
        let namespaces = TemporaryNamespaces(client, in: store.name)
        // Whatever ends the checks, what they made is removed.
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await Interruption.cancels { try await check(client, namespaces, list) })
        } catch {
            outcome = .failure(error)
        }
        try await list.check("Functional", "clean up") {
            try await namespaces.removeAll()
            return "the namespaces of these checks are removed"
        }
        try outcome.get()
        return list
    }

    private func check(_ client: APIClient, _ namespaces: TemporaryNamespaces, _ list: Checklist) async throws {
        let start = try await list.value("Immediate", "figures") { (try await Figures(client), "/metrics answers") }
        try await ImmediateChecks(client: client, expectedVersion: expectVersion).run(list)
        try await FunctionalChecks(client: client, namespaces: namespaces).run(list)
        if let start {
            try await WatchChecks(client: client, limits: limits, watch: watch).run(list, since: start)
        }
    }

    // MARK: Reporting

    private static func line(_ check: Check) -> String {
        let words =
            "\(check.passed ? "✓" : "✗") \(TerminalText.padded(check.section, to: 10))  "
            + "\(TerminalText.padded(check.name, to: 18))  \(check.seen)"
        return TerminalText.visible(words)
    }

    private func report(_ list: Checklist, _ server: String) async throws {
        let checks = await list.checks
        let held = checks.count(where: \.passed)
        switch output {
        case .text: try await Console.print("\(held) of \(checks.count) hold.")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let report = Report(server: server, passed: held == checks.count, checks: checks)
            try await Console.print(String(decoding: encoder.encode(report), as: UTF8.self))
        case .junit: try await Console.print(Self.junit(checks))
        }
    }

    private struct Report: Encodable {
        var server: String
        var passed: Bool
        var checks: [Check]
    }

    private static func junit(_ checks: [Check]) -> String {
        let cases = checks.map { check in
            let head =
                "<testcase classname=\"\(xml(check.section))\" name=\"\(xml(check.name))\" time=\"\(check.seconds)\">"
            let inside =
                check.passed
                ? "<system-out>\(xml(check.seen))</system-out>" : "<failure message=\"\(xml(check.seen))\"/>"
            return "  \(head)\(inside)</testcase>"
        }
        let failures = checks.count { !$0.passed }
        let head = "<testsuite name=\"kv-manager verify\" tests=\"\(checks.count)\" failures=\"\(failures)\">"
        return (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", head] + cases + ["</testsuite>"]).joined(separator: "\n")
    }

    private static func xml(_ text: String) -> String {
        TerminalText.visible(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
            ">", with: "&gt;"
        )
        .replacing("\"", with: "&quot;")
    }
}
