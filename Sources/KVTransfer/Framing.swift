/// What stands next in a file.
enum Frame {
    /// The text of one record, valid until the window is asked for more.
    case record(UnsafeBufferPointer<UInt8>, line: Int)
    /// A record of more bytes than are held at once; it has been passed over.
    case tooLong(line: Int, key: String?)
    case end
}
