import ArgumentParser
import AsyncHTTPClient
import Foundation
import KVClient
import NIOHTTP1

enum VerifyForm: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a server after its deployment.",
        discussion: """
            It looks whether the server lives and is whole, does in namespaces of its own what people do first, sends what \
            proxies are known to break, removes its namespaces again, and watches the server's figures for a while. A check \
            that fails because of a proxy names the setting to change. The exit status is 0 only if all holds.

            Example:
              kv-manager verify --server https://kv.example.com --expect-version 1.4.0 --watch 60
            """)

    /// Seconds; longer than the usual 60 after which proxies close what is silent.
    private static let idleBehindProxies = 70

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

    @Option(
        help: ArgumentHelp(
            """
            For how long a WebSocket is idle, beside the other checks; 0 skips that. The default is 70s, and 0s for a \
            server on this machine without a proxy.
            """, valueName: "duration"),
        transform: TimeArgument.duration)
    var idle: Int?

    @OptionGroup(title: "Limits") var limits: WatchLimits

    @Option(help: ArgumentHelp("How the checklist is printed.", valueName: "form"))
    var output = VerifyForm.text

    mutating func validate() throws {
        guard (0...86_400).contains(watch) else { throw ValidationError("--watch is 0 to 86,400 seconds.") }
        guard (0...3_600).contains(idle ?? 0) else { throw ValidationError("--idle is 0 to 3,600 seconds.") }
    }

    func run() async throws {
        try await CommandFailure.reported {
            guard let server = try ServerAddress.given(server) else {
                throw CommandFailure("Name the server with --server or KV_MANAGER_SERVER.", status: ExitStatus.usage)
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
        let answer = try? await client.exchange(.GET, "/healthz")
        await list.expect(answer.flatMap { ReverseProxy($0.headers) })
        let isDirect = client.isThisMachine && answer.map(ReverseProxy.hasWritten) != true
        let idle = IdleChecks(
            client: client, namespaces: namespaces, seconds: idle ?? (isDirect ? 0 : Self.idleBehindProxies))
        let job = try await idle.prepare(list)
        async let idling: Void = idle.run(list, on: job)
        try await FunctionalChecks(client: client, namespaces: namespaces).run(list)
        try await ProxyChecks(client: client, namespaces: namespaces).run(list)
        if let start {
            let sockets = job == nil ? 0 : 1
            try await WatchChecks(client: client, limits: limits, watch: watch, ownSockets: sockets).run(
                list, since: start)
        }
        try await idling
    }

    // MARK: Reporting

    private static func line(_ check: Check) -> String {
        let words =
            "\(check.passed ? "✓" : "✗") \(TerminalText.padded(check.section, to: 10))  "
            + "\(TerminalText.padded(check.name, to: 18))  \(check.seen)"
        return TerminalText.visible(words)
    }

    /// What to change in proxies, each change once, with the checks that need it.
    private static func advice(of checks: [Check]) -> [String] {
        var names: [String: [String]] = [:]
        let changes = checks.compactMap { check -> String? in
            guard let advice = check.advice else { return nil }
            names[advice, default: []].append(check.name)
            return names[advice]?.count == 1 ? advice : nil
        }
        return changes.map { TerminalText.visible("→ \($0) (\((names[$0] ?? []).joined(separator: "; ")))") }
    }

    private func report(_ list: Checklist, _ server: String) async throws {
        let checks = await list.checks
        let held = checks.count(where: \.passed)
        switch output {
        case .text:
            try await Console.print(
                (Self.advice(of: checks) + ["\(held) of \(checks.count) hold."]).joined(separator: "\n"))
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
                ? "<system-out>\(xml(check.seen))</system-out>"
                : "<failure message=\"\(xml(check.seen))\">\(xml(check.advice ?? ""))</failure>"
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
