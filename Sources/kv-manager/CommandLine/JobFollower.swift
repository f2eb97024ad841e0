import ArgumentParser
import Foundation
import KVAPI
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
    func run(_ body: API.JobRequest, _ words: String) async throws -> APIAnswer<API.Job>? {
        if options.plan { return try await printPlan(body, words) }
        try await makeSure(body, words)
        let key: HTTPHeaders = ["Idempotency-Key": UUID().uuidString]
        return try await follow(session.client.start(body, headers: key))
    }

    private func printPlan(_ body: API.JobRequest, _ words: String) async throws -> APIAnswer<API.Job>? {
        let plan = try await session.client.plan(body)
        try await Console.print(form == .text ? Self.text(plan.body, words) : plan.json)
        return nil
    }

    private func makeSure(_ body: API.JobRequest, _ words: String) async throws {
        guard !options.isSure, body.kind != "export" else { return }
        guard Console.canAsk else {
            guard !Self.destructive.contains(body.kind) else {
                throw CommandFailure(
                    "Cannot ask for confirmation to \(body.kind) the keys without a terminal; use --yes, or --plan to see what the job would do."
                )
            }
            return
        }
        try await Console.tell(Self.text(session.client.plan(body).body, words))
        guard try await Console.asks("Continue?") else { throw CommandFailure("Nothing was done.") }
    }

    /// Follows a job that was made, unless it is not to be waited for.
    func follow(_ made: APIAnswer<API.Job>) async throws -> APIAnswer<API.Job>? {
        if options.detach {
            try await Listing.print(made, as: form) { $0.id }
            return nil
        }
        return try await end(of: made.id)
    }

    /// Follows a job to its end, which becomes the exit status, and says how it ended.
    @discardableResult
    func end(of id: String, quietly: Bool = false) async throws -> APIAnswer<API.Job> {
        var line = ProgressLine()
        let job = try await session.client.follow(id) { try await line.show($0) }
        try await line.finish()
        if form == .text {
            try await Console.tell(Self.ending(job.body))
            try await tellFailures(of: job.body)
        } else if !quietly {
            try await Console.print(job.json)
        }
        switch job.state {
        case "completed": return job
        case "incomplete": throw ExitStatus.incomplete
        default: throw ExitStatus.jobFailed
        }
    }

    private func tellFailures(of job: API.Job) async throws {
        guard job.progress.failed > 0 else { return }
        let path = APIClient.job(job.id) + "/failures?limit=\(Self.failuresShown)"
        for failure in try await session.client.get(path, as: API.JobFailurePage.self).failures {
            let place = failure.line.map { "line \($0)" } ?? failure.key ?? ""
            try await Console.tell(TerminalText.visible("  \(place): \(failure.detail)"))
        }
        let rest = job.progress.failed - Self.failuresShown
        if rest > 0 {
            try await Console.tell("  and \(DisplayText.count(rest)) more: kv-manager jobs failures \(job.id)")
        }
        try await Console.tell("  To try just these again: kv-manager jobs retry \(job.id)")
    }

    // MARK: DisplayText

    static func ending(_ job: API.Job) -> String {
        let progress = job.progress
        var parts = ["\(DisplayText.keys(progress.succeeded)) done"]
        if progress.failed > 0 { parts.append("\(DisplayText.count(progress.failed)) failed") }
        if progress.skipped > 0 { parts.append("\(DisplayText.count(progress.skipped)) skipped") }
        if progress.missing > 0 {
            let found = DisplayText.count(progress.processed - progress.missing)
            parts.append("\(found) of \(DisplayText.count(progress.processed)) named keys existed")
        }
        if let taken = DisplayText.seconds(from: job.startedAt, to: job.finishedAt) {
            parts.append(DisplayText.duration(taken))
        }
        parts.append("job \(TerminalText.visible(job.id))")
        let error = job.error.map { "\n\(TerminalText.visible($0.detail))" } ?? ""
        return "\(TerminalText.visible(job.state)): \(parts.joined(separator: ", "))\(error)"
    }

    private static func text(_ plan: API.JobPlan, _ words: String) -> String {
        var rows = [("keys", (plan.complete ? "" : "at least ") + DisplayText.count(plan.keys))]
        if let missing = plan.missing {
            rows.append(
                ("exist", "\(DisplayText.count(plan.keys - missing)) of \(DisplayText.count(plan.keys)) named keys"))
        }
        rows.append(("requests", DisplayText.count(plan.requests)))
        rows.append(
            ("time", plan.seconds < 1 ? "less than a second" : "about \(DisplayText.duration(Double(plan.seconds)))"))
        if let bytes = plan.bytes { rows.append(("values", DisplayText.bytes(bytes))) }
        rows.append(("undo", plan.undoable ? "possible" : "not possible"))
        if !plan.sample.isEmpty { rows.append(("such as", plan.sample.prefix(5).joined(separator: ", "))) }
        for warning in plan.warnings { rows.append(("beware", warning.detail)) }
        let lines = rows.map { name, value in "  \(TerminalText.padded(name, to: 8))  \(TerminalText.visible(value))" }
        return ([TerminalText.visible(words)] + lines).joined(separator: "\n")
    }
}
