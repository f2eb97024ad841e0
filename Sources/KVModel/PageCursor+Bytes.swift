import Foundation

extension PageCursor {
    /// Bytes as text that fits into an address.
    ///
    /// - Parameter mark: Begins the text's bytes, so that texts of other origin are told from it.
    package init(_ bytes: [UInt8], mark: StaticString) {
        let marked = mark.withUTF8Buffer { Array($0) } + bytes
        self.init(
            Data(marked).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: ""))
    }

    /// The bytes that it was made of. Throws `invalid_cursor`.
    package func bytes(mark: StaticString) throws(KVError) -> [UInt8] {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padded = base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), data.starts(with: mark.withUTF8Buffer { Array($0) }) else {
            throw KVError.badCursor
        }
        return Array(data.dropFirst(mark.utf8CodeUnitCount))
    }
}

extension KVError {
    package static let badCursor = KVError(
        .invalidCursor, "The cursor does not belong to this list; start the list again without it.")
}
