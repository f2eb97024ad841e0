/// What comes next in a file.
enum Frame {
    /// The text of one record, valid until the window is asked for more.
    case record(UnsafeBufferPointer<UInt8>, line: Int)
    /// The text of a member of an object, its name being a key: `"key": value`. Valid as long as that of a record.
    case member(UnsafeBufferPointer<UInt8>, line: Int)
    /// A record that is longer than may be held, or is not JSON. It has been passed over.
    case bad(BadRecord)
    /// The beginning of a line that is not JSON, after an array or an object of records: what a program has printed.
    case remark(String, line: Int)
    case end
}
