import Foundation
import NIOHTTP1

/// Headers of every request to a named server, for a proxy in between that authenticates users.
enum ServerHeaders {
    /// They say where a message ends and whom it is for, or change what is asked.
    private static let own: Set = [
        "host", "origin", "connection", "upgrade", "expect", "content-length", "content-type", "transfer-encoding",
        "accept", "accept-encoding", "range", "if-range", "if-match", "if-none-match", "if-modified-since",
        "if-unmodified-since",
    ]

    /// As `KV_MANAGER_SERVER_HEADERS` or its file has them: a line each. Throws where one is none, without telling it.
    static func given() throws -> HTTPHeaders {
        let setting = Setting.serverHeaders
        let text = try Choices.secret(setting.variable, in: EnvironmentVariables()) ?? ""
        var headers = HTTPHeaders()
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, isName(parts[0]), !isOwn(parts[0]), isValue(parts[1]) else {
                throw CommandFailure(
                    "Line \(number + 1) of \(setting.variable) is no header to send; one is \"Authorization: Bearer …\".",
                    status: ExitStatus.usage)
            }
            headers.add(name: parts[0], value: parts[1])
        }
        return headers
    }

    private static func isOwn(_ name: String) -> Bool {
        own.contains(name.lowercased()) || name.lowercased().hasPrefix("sec-")
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: " ")...UInt8(ascii: "~") ~= $0 }
    }
}
