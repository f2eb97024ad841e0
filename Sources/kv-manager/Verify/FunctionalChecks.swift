import AsyncHTTPClient
import Foundation
import KVAPI
import KVClient
import KVModel
import NIOCore
import NIOHTTP1

/// What people do first, done in namespaces that are removed again.
struct FunctionalChecks {
    private static let section = "Functional"
    /// More than a page. Where each is paid for they are few.
    private static let (keys, paidKeys) = (2_000, 100)
    /// One key in so many is binary: a store that is paid may give out only one such key a request.
    private static let binaryEvery = 10
    /// Bytes that are no text, and a text that begins with a byte order mark.
    private static let values: [[UInt8]] = [Array(0...255), [0xEF, 0xBB, 0xBF] + Array("é".utf8), []]
    private static let expiration = 4_102_444_800

    let client: APIClient
    let namespaces: TemporaryNamespaces

    private var jobs: CheckJobs { CheckJobs(client: client) }

    func run(_ list: Checklist) async throws {
        let places = try await list.value(Self.section, "create") {
            (
                (try await namespaces.make(), try await namespaces.make(), try await jobs.isPaid(namespaces.store)),
                "two namespaces"
            )
        }
        guard let (source, target, isPaid) = places else { return }
        try await list.check(Self.section, "put and get") { try await putAndGet(source) }
        try await list.check(Self.section, "list") { try await listing(source) }
        let isFilled = try await list.check(Self.section, "import") { try await fill(source, isPaid: isPaid) }
        guard isFilled else { return }
        try await list.check(Self.section, "copy") { try await copy(source, target) }
        try await list.check(Self.section, "export and import") { try await roundTrip(source) }
        try await list.check(Self.section, "cancel") { try await cancel(target, isPaid: isPaid) }
        try await list.check(Self.section, "delete, live") { try await deleteLive(source) }
    }

    // MARK: Single keys

    private func putAndGet(_ place: NamespaceAddress) async throws -> String {
        for (index, value) in Self.values.enumerated() {
            let path = place.value("verify/\(index) é?", QueryParameters(["expiration": "\(Self.expiration)"]))
            let headers: HTTPHeaders = ["KV-Metadata": "{\"n\":\(index)}", "Content-Type": "application/octet-stream"]
            _ = try await client.send(.PUT, path, headers: headers, body: .bytes(value))
            let read = try await client.send(.GET, place.value("verify/\(index) é?")).body.collect(upTo: 1 << 20)
            guard Array(buffer: read) == value else { throw Unmet("a value of \(value.count) bytes came back another") }
        }
        return "\(Self.values.count) values, byte for byte"
    }

    private func listing(_ place: NamespaceAddress) async throws -> String {
        let items = try await items(place)
        guard items.count == Self.values.count else { throw Unmet("\(items.count) keys, not \(Self.values.count)") }
        for (index, item) in items.enumerated() {
            guard item.expiration == Self.expiration, item.node["metadata"]?["n"]?.integer == index else {
                throw Unmet("\(item.name) has lost its metadata or its expiration")
            }
        }
        return "metadata and expiration are stored"
    }

    private func items(_ place: NamespaceAddress) async throws -> [APIAnswer<API.KeyInfo>] {
        var items: [APIAnswer<API.KeyInfo>] = []
        try await client.each(of: "keys", at: "\(place.path)/keys", as: API.KeyInfo.self) { items.append($0) }
        return items
    }

    // MARK: Jobs

    private func fill(_ place: NamespaceAddress, isPaid: Bool) async throws -> String {
        let lines = (0..<(isPaid ? Self.paidKeys : Self.keys)).map { number in
            let value = number % Self.binaryEvery == 0 ? #""valueBase64":"/wA=""# : #""value":"\#(number)""#
            return #"{"key":"key:\#(number)",\#(value),"metadata":{"n":\#(number)},"expiration":\#(Self.expiration)}"#
        }
        let job = try await jobs.load(lines, into: place)
        return "\(DisplayText.keys(job.progress.succeeded))"
    }

    private func copy(_ source: NamespaceAddress, _ target: NamespaceAddress) async throws -> String {
        _ = try await jobs.ended(client.start(CheckJobs.body("copy", source, to: target)))
        let (before, after) = (try await items(source), try await items(target))
        guard before.map(\.json) == after.map(\.json) else {
            throw Unmet("of \(before.count) keys \(after.count) have arrived, or not with all that belongs to them")
        }
        return "\(DisplayText.keys(after.count)), with metadata and expiration"
    }

    private func roundTrip(_ source: NamespaceAddress) async throws -> String {
        let first = try await export(source)
        let other = try await namespaces.make()
        _ = try await jobs.ended(jobs.importing(first, into: other))
        let second = try await export(other)
        guard first == second else {
            throw Unmet("the export of what was imported is another: \(first.count) and \(second.count) bytes")
        }
        return "\(DisplayText.bytes(first.count)), byte for byte"
    }

    private func export(_ place: NamespaceAddress) async throws -> [UInt8] {
        let job = try await jobs.ended(client.start(CheckJobs.body("export", place)))
        guard let download = job.download else { throw Unmet("an export has no file") }
        let file = try await client.send(.GET, client.path(of: download.url) ?? download.url).body.collect(
            upTo: 16 << 20)
        guard download.bytes == file.readableBytes else {
            throw Unmet("the file has \(file.readableBytes) bytes, but the job reports another number")
        }
        return Array(buffer: file)
    }

    /// A job that is told so in its first half must not come to its end. One that is quicker than the way there cannot be judged,
    /// nor one of a single batch: where keys are paid for, there are only few.
    private func cancel(_ place: NamespaceAddress, isPaid: Bool) async throws -> String {
        if !isPaid { try await jobs.loadMany(into: place, isPaid: isPaid) }
        let start = ContinuousClock.now
        let made = try await client.start(CheckJobs.body("delete", place))
        do {
            try await client.send(.cancel, to: made.id)
        } catch let error as ClientError where error.code == "invalid_transition" {
            return "the job had ended before"
        }
        let told = ContinuousClock.now - start
        let job = try await client.follow(made.id)
        let state = job.state
        let seconds = DisplayText.seconds(from: job.createdAt, to: job.finishedAt) ?? 0
        let seen = "\(state) after \(DisplayText.keys(job.progress.processed))"
        guard state == "cancelled" || state == "completed" && (isPaid || told * 2 > .seconds(seconds)) else {
            throw Unmet("\(seen), told so \(Int(told / .milliseconds(1))) ms after its beginning")
        }
        return seen
    }

    private func deleteLive(_ place: NamespaceAddress) async throws -> String {
        let made = try await client.start(CheckJobs.body("delete", place))
        let path = APIClient.job(made.id) + "/progress"
        let conversation = try await client.listen(at: path, within: 30)
        guard let last = conversation.messages.last, last.type == .finished, conversation.closeCode == 1000
        else {
            throw Unmet(
                "\(conversation.messages.count) messages, closed with \(conversation.closeCode.map(String.init) ?? "nothing")"
            )
        }
        guard last.job?.state == "completed" else {
            throw Unmet("the job is \(last.job?.state ?? "nothing")")
        }
        let left = try await items(place).count
        guard left == 0 else { throw Unmet("\(DisplayText.keys(left)) are still there") }
        return "\(conversation.messages.count) messages over a WebSocket, to the end"
    }
}
