import ArgumentParser
import Foundation
import KVClient
import NIOHTTP1

/// What is asked of a command that starts a job.
struct JobCommandOptions: ParsableArguments {
    @Flag(help: "Show what would be done, and start nothing.")
    var plan = false

    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Do not ask first.")
    var isSure = false

    @Flag(help: "Return as soon as the job is created; it continues on the server.")
    var detach = false

    init() {}

    init(plan: Bool = false, detach: Bool = false) {
        self.plan = plan
        self.isSure = false
        self.detach = detach
    }
}

/// Starts jobs and follows them to their ends.
struct JobFollower {
    private static let failuresShown = 5
    /// What takes something away from where it is.
    private static let destructive: Set = ["delete", "move"]

    private let session: Session
    private let options: JobCommandOptions
    private let form: OutputForm

    /// To be made before the job is: throws when that is to be left to a server, and there is none.
    init(session: Session, options: JobCommandOptions, form: OutputForm) throws {
        guard !options.detach || !session.isOwn else {
            throw CommandFailure(
                "No server runs on the data folder that could go on with the job; leave out --detach, or start one.",
                status: ExitStatus.usage)
        }
        self.session = session
        self.options = options
        self.form = form
    }

    /// Plans, asks, starts, follows. Returns the job as it ended; nil when there is none, or it is not waited for.
    /// - Parameter words: What is done, such as `Delete keys from "sessions"`.
    func run(_ body: JobBody, _ words: String) async throws -> JSONNode? {
        if options.plan { return try await printPlan(body, words) }
        try await makeSure(body, words)
        let key: HTTPHeaders = ["Idempotency-Key": UUID().uuidString]
        return try await follow(session.client.tell(.POST, "/api/jobs", body, headers: key))
    }

    private func printPlan(_ body: JobBody, _ words: String) async throws -> JSONNode? {
        let plan = try await self.plan(body)
        try await Console.print(form == .text ? Self.text(plan, words) : plan.json)
        return nil
    }

    private func plan(_ body: JobBody) async throws -> JSONNode {
        var body = body
        body.plan = true
        return try await session.client.tell(.POST, "/api/jobs", body)
    }

    private func makeSure(_ body: JobBody, _ words: String) async throws {
        guard !options.isSure, body.kind != "export" else { return }
        guard Console.canAsk else {
            guard !Self.destructive.contains(body.kind) else {
                throw CommandFailure(
                    "Cannot ask for confirmation to \(body.kind) the keys without a terminal; use --yes, or --plan to see what the job would do."
                )
            }
            return
        }
        try await Console.tell(Self.text(plan(body), words))
        guard try await Console.asks("Continue?") else { throw CommandFailure("Nothing was done.") }
    }

    /// Follows a job that was made, unless it is not to be waited for.
    func follow(_ made: JSONNode) async throws -> JSONNode? {
        guard let id = made["id"]?.text else { throw CommandFailure("The server's answer names no job.") }
        if options.detach {
            try await Listing.print(made, as: form) { _ in id }
            return nil
        }
        return try await end(of: id)
    }

    /// Follows a job to its end, which becomes the exit status, and says how it ended.
    @discardableResult
    func end(of id: String, quietly: Bool = false) async throws -> JSONNode {
        var line = ProgressLine()
        let job = try await session.client.follow(id) { try await line.show($0) }
        try await line.finish()
        if form == .text {
            try await Console.tell(Self.ending(job))
            try await tellFailures(of: job)
        } else if !quietly {
            try await Console.print(job.json)
        }
        switch job["state"]?.text {
        case "completed": return job
        case "incomplete": throw ExitStatus.incomplete
        default: throw ExitStatus.jobFailed
        }
    }

    private func tellFailures(of job: JSONNode) async throws {
        guard let id = job["id"]?.text, let failed = job["progress"]?["failed"]?.integer, failed > 0 else { return }
        let page = try await session.client.get(APIClient.job(id) + "/failures?limit=\(Self.failuresShown)")
        for failure in page["failures"]?.elements ?? [] {
            let place = failure["line"]?.integer.map { "line \($0)" } ?? failure["key"]?.text ?? ""
            try await Console.tell(TerminalText.visible("  \(place): \(failure["detail"]?.text ?? "")"))
        }
        let rest = failed - Self.failuresShown
        if rest > 0 { try await Console.tell("  and \(DisplayText.count(rest)) more: kv-manager jobs failures \(id)") }
        try await Console.tell("  To try just these again: kv-manager jobs retry \(id)")
    }

    // MARK: DisplayText

    static func ending(_ job: JSONNode) -> String {
        let progress = job["progress"]
        let count = { (name: String) in progress?[name]?.integer ?? 0 }
        var parts = ["\(DisplayText.keys(count("succeeded"))) done"]
        if count("failed") > 0 { parts.append("\(DisplayText.count(count("failed"))) failed") }
        if count("skipped") > 0 { parts.append("\(DisplayText.count(count("skipped"))) skipped") }
        if count("missing") > 0 {
            let found = DisplayText.count(count("processed") - count("missing"))
            parts.append("\(found) of \(DisplayText.count(count("processed"))) named keys existed")
        }
        if let taken = DisplayText.seconds(from: job["startedAt"]?.text, to: job["finishedAt"]?.text) {
            parts.append(DisplayText.duration(taken))
        }
        parts.append("job \(TerminalText.visible(job["id"]?.text ?? ""))")
        let state = TerminalText.visible(job["state"]?.text ?? "")
        let error = job["error"]?["detail"]?.text.map { "\n\(TerminalText.visible($0))" } ?? ""
        return "\(state): \(parts.joined(separator: ", "))\(error)"
    }

    private static func text(_ plan: JSONNode, _ words: String) -> String {
        let keys = plan["keys"]?.integer ?? 0
        var rows = [("keys", (plan["complete"]?.boolean == true ? "" : "at least ") + DisplayText.count(keys))]
        if let missing = plan["missing"]?.integer {
            rows.append(("exist", "\(DisplayText.count(keys - missing)) of \(DisplayText.count(keys)) named keys"))
        }
        rows.append(("requests", DisplayText.count(plan["requests"]?.integer ?? 0)))
        let seconds = plan["seconds"]?.number ?? 0
        rows.append(("time", seconds < 1 ? "less than a second" : "about \(DisplayText.duration(seconds))"))
        if let bytes = plan["bytes"]?.integer { rows.append(("values", DisplayText.bytes(bytes))) }
        rows.append(("undo", plan["undoable"]?.boolean == true ? "possible" : "not possible"))
        let sample = plan["sample"]?.elements.compactMap(\.text) ?? []
        if !sample.isEmpty { rows.append(("such as", sample.prefix(5).joined(separator: ", "))) }
        for warning in plan["warnings"]?.elements ?? [] { rows.append(("beware", warning["detail"]?.text ?? "")) }
        let lines = rows.map { name, value in "  \(TerminalText.padded(name, to: 8))  \(TerminalText.visible(value))" }
        return ([TerminalText.visible(words)] + lines).joined(separator: "\n")
    }
}
