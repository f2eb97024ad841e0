import KVModel

/// Where a listing goes on: the cursor that the API gave for a page, and the last key of that page that was taken already.
///
/// The API's pages are all or nothing, and ten keys at least. A page of ours may end within one of theirs; the next then
/// asks for the same page once more and passes over what was taken.
struct ListPosition: Hashable {
    private static let mark: StaticString = "cf"

    /// Empty: from the start.
    var cursor = ""
    /// Keys up to and including this one were taken. It need not be a key: a folder's end is not.
    var after: [UInt8] = []

    init() {}

    init(cursor: String, after: [UInt8] = []) {
        self.cursor = cursor
        self.after = after
    }

    init(_ cursor: PageCursor?) throws(KVError) {
        guard let bytes = try cursor?.bytes(mark: Self.mark) else {
            self.init()
            return
        }
        guard let end = bytes.firstIndex(of: 0), let text = String(validating: bytes[..<end], as: UTF8.self) else {
            throw KVError.badCursor
        }
        self.init(cursor: text, after: Array(bytes[(end + 1)...]))
    }

    /// The API's cursor, which is text without NUL, a NUL, and the key.
    var pageCursor: PageCursor { PageCursor(Array(cursor.utf8) + [0] + after, mark: Self.mark) }
}
