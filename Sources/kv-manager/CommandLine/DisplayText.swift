import Foundation
import KVAPI
import KVModel

/// Numbers and times as people read them.
enum DisplayText {
    static func count(_ number: Int) -> String { number.grouped }

    static func keys(_ number: Int) -> String { number == 1 ? "1 key" : "\(count(number)) keys" }

    static func bytes(_ number: Int) -> String {
        var value = Double(number)
        for unit in ["B", "KB", "MB", "GB"] {
            if value < 999.5 { return unit == "B" ? "\(number) B" : "\(short(value)) \(unit)" }
            value /= 1_000
        }
        return "\(short(value)) TB"
    }

    private static func short(_ value: Double) -> String {
        value < 99.5 ? String(format: "%.1f", value) : String(Int(value.rounded()))
    }

    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<10: String(format: "%.1f s", seconds)
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7_200: "\(Int((seconds / 60).rounded())) min"
        default: String(format: "%.1f h", seconds / 3_600)
        }
    }

    /// RFC 3339 of Unix seconds, to the second.
    static func time(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }

    /// From one time of the API to another; nil where one of them has not come.
    static func seconds(from start: API.Time?, to end: API.Time?) -> Double? {
        guard let start = start?.milliseconds, let end = end?.milliseconds else { return nil }
        return Double(end - start) / 1_000
    }
}
