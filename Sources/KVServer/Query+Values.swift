import KVHTTP
import KVModel

extension Query {
    func cursor() throws(KVError) -> PageCursor? { try text("cursor", atMost: TextLimit.cursor).map { PageCursor($0) } }

    /// Reads a time with a time zone, or a day alone, which counts from its beginning to its end in UTC.
    func time(_ name: String, endOfDay: Bool = false) throws(KVError) -> Timestamp? {
        guard let text = try self.text(name, atMost: TextLimit.name) else { return nil }
        if let time = TimeText.milliseconds(text) { return Timestamp(milliseconds: time) }
        guard let day = TimeText.milliseconds("\(text)Z"), text.utf8.count == "2026-01-31".utf8.count else {
            throw KVError(
                .invalidRequest,
                "\"\(name)\" is a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31; \(quoting: text) is neither. "
                    + "In an address a + is written %2B.")
        }
        return Timestamp(milliseconds: day).adding(milliseconds: endOfDay ? 86_399_999 : 0)
    }
}
