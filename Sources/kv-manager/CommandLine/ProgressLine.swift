import KVClient

/// A job's progress on standard error: a bar that moves on a terminal, else a line at each quarter.
struct ProgressLine {
    private static let barWidth = 24
    private static let clear = "\r\u{1B}[2K"

    private let isLive = Console.errorIsTerminal
    private var quarter = 0
    private var state = ""

    mutating func show(_ job: JSONNode) async throws {
        if isLive { return try await Console.tell(part: Self.clear + Self.words(job, bar: true)) }
        let state = job["state"]?.text ?? ""
        let quarter = (job["progress"]?["percentage"]?.integer ?? 0) / 25
        guard state != self.state || quarter > self.quarter, job["finishedAt"] == nil else { return }
        self.state = state
        self.quarter = quarter
        try await Console.tell("\(state): \(Self.words(job, bar: false))")
    }

    func finish() async throws {
        if isLive { try await Console.tell(part: Self.clear) }
    }

    private static func words(_ job: JSONNode, bar: Bool) -> String {
        let progress = job["progress"]
        let processed = progress?["processed"]?.integer ?? 0
        var parts: [String] = []
        if let check = progress?["checking"], let bytes = check["bytes"]?.integer {
            let total = check["totalBytes"]?.integer ?? bytes
            return "checking the file: \(DisplayText.bytes(bytes)) of \(DisplayText.bytes(total))"
        }
        if let total = progress?["total"]?.integer {
            let percentage = progress?["percentage"]?.integer ?? 0
            let full = barWidth * percentage / 100
            let filled = String(repeating: "█", count: full) + String(repeating: "░", count: barWidth - full)
            parts.append((bar ? filled + " " : "") + "\(percentage)%")
            parts.append("\(DisplayText.count(processed)) of \(DisplayText.keys(total))")
        } else {
            parts.append("\(DisplayText.keys(processed)) so far")
        }
        if let failed = progress?["failed"]?.integer, failed > 0 { parts.append("\(DisplayText.count(failed)) failed") }
        if let rate = progress?["ratePerSecond"]?.number { parts.append("\(DisplayText.count(Int(rate.rounded())))/s") }
        if let left = progress?["etaSeconds"]?.integer { parts.append("\(DisplayText.duration(Double(left))) left") }
        if let until = progress?["throttledUntil"]?.text { parts.append("waits for the quota until \(until)") }
        if let notice = progress?["notice"]?.text { parts.append(notice) }
        if bar, job["state"]?.text == "paused" { parts.append("paused") }
        return parts.joined(separator: "  ")
    }
}
