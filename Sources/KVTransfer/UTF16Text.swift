import KVModel

/// Recodes UTF-16 as UTF-8, piece by piece.
struct UTF16Text {
    /// Bytes of a text that tell whether it is UTF-16.
    static let tellingBytes = 4

    private let isBigEndian: Bool
    /// The first half of a unit whose second half has not come yet.
    private var oddByte: UInt8?
    /// The first half of a surrogate pair, likewise.
    private var leading: UInt16?
    private var text: [UInt8] = []
    private var taken = 0
    private var unitsRead = 0

    /// Nil unless the text begins with a byte order mark of UTF-16, or with two ASCII characters in UTF-16. One alone does
    /// not tell: a key may have a NUL.
    init?(beginning bytes: [UInt8]) {
        guard bytes.count >= 2, bytes != [0xFF, 0xFE, 0, 0] else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0xFF, 0xFE): isBigEndian = false
        case (0xFE, 0xFF): isBigEndian = true
        default:
            guard bytes.count == Self.tellingBytes else { return nil }
            switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
            case (1...0x7F, 0, 1...0x7F, 0): isBigEndian = false
            case (0, 1...0x7F, 0, 1...0x7F): isBigEndian = true
            default: return nil
            }
        }
    }

    /// Whether there is nothing to take.
    var isEmpty: Bool { taken == text.count }

    mutating func take(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, text.count - taken)
        room.copyBytes(from: text[taken..<taken + count])
        taken += count
        return count
    }

    /// Throws `unknown_format` where half a surrogate pair stands by itself, which UTF-8 cannot express.
    mutating func append(_ bytes: ArraySlice<UInt8>) throws(KVError) {
        text.removeAll(keepingCapacity: true)
        taken = 0
        for byte in bytes {
            guard let first = oddByte else {
                oddByte = byte
                continue
            }
            oddByte = nil
            try append(unit: isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first))
        }
    }

    private mutating func append(unit: UInt16) throws(KVError) {
        unitsRead += 1
        var units = [unit]
        if let first = leading {
            units = [first, unit]
            leading = nil
        } else if UTF16.isLeadSurrogate(unit) {
            leading = unit
            return
        }
        var decoder = UTF16()
        var iterator = units.makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator), let encoded = UTF8.encode(scalar),
            case .emptyInput = decoder.decode(&iterator)
        else { throw fault }
        text += encoded
    }

    /// Call it at the end of the bytes.
    func end() throws(KVError) {
        guard oddByte == nil, leading == nil else {
            throw KVError(.truncatedFile, "The file, which is UTF-16 text, ends within a character.")
        }
    }

    private var fault: KVError {
        KVError(
            .unknownFormat,
            "The file is UTF-16 text with half a surrogate pair at byte \(2 * unitsRead - 2); save it as UTF-8.")
    }
}
