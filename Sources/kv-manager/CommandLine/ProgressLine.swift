import KVAPI
import KVClient

/// A job's progress on standard error: a bar that moves on a terminal, else a line at each quarter.
struct ProgressLine {
    private static let barWidth = 24
    private static let clear = "\r\u{1B}[2K"

    private let isLive = Console.errorIsTerminal
    private var quarter = 0
    private var state = ""

    mutating func show(_ job: APIAnswer<API.Job>) async throws {
        if isLive { return try await Console.tell(part: Self.clear + Self.words(job, bar: true)) }
        let quarter = (job.progress.percentage ?? 0) / 25
        guard job.state != state || quarter > self.quarter, job.finishedAt == nil else { return }
        state = job.state
        self.quarter = quarter
        try await Console.tell("\(state): \(Self.words(job, bar: false))")
    }

    func finish() async throws {
        if isLive { try await Console.tell(part: Self.clear) }
    }

    private static func words(_ job: APIAnswer<API.Job>, bar: Bool) -> String {
        let progress = job.progress
        if let check = progress.checking {
            return "checking the file: \(DisplayText.bytes(check.bytes)) of \(DisplayText.bytes(check.totalBytes))"
        }
        var parts: [String] = []
        if let total = progress.total {
            let percentage = progress.percentage ?? 0
            let full = barWidth * percentage / 100
            let filled = String(repeating: "█", count: full) + String(repeating: "░", count: barWidth - full)
            parts.append((bar ? filled + " " : "") + "\(percentage)%")
            parts.append("\(DisplayText.count(progress.processed)) of \(DisplayText.keys(total))")
        } else {
            parts.append("\(DisplayText.keys(progress.processed)) so far")
        }
        if progress.failed > 0 { parts.append("\(DisplayText.count(progress.failed)) failed") }
        if let rate = progress.ratePerSecond { parts.append("\(DisplayText.count(Int(rate.rounded())))/s") }
        if let left = progress.etaSeconds { parts.append("\(DisplayText.duration(Double(left))) left") }
        if let until = progress.throttledUntil { parts.append("waits for the quota until \(until.text)") }
        if let notice = progress.notice { parts.append(notice) }
        if bar, job.state == "paused" { parts.append("paused") }
        return parts.joined(separator: "  ")
    }
}
