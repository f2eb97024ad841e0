package import KVModel

/// Reads the keys that a file names, in the order of the file and in little memory.
///
/// Of entries, and of JSON objects with a `name` or `key`, the keys are read alone; so are JSON strings.
///
/// **Concurrency.** Synchronous, and meant for a thread that may block; one caller at a time.
package struct KeyReader: ~Copyable {
    /// As it was told, or else found. Nil: text, a key a line.
    package let format: FileFormat?
    private var frames: FrameReader

    package enum Format: String, CaseIterable, Sendable {
        /// Text, unless the file begins like JSON, or with a CSV header that has the columns key and value.
        case auto
        /// A key a line.
        case text
        case ndjson, json, csv, wrangler
    }

    /// Opens the file and looks at its beginning. Throws `unknown_format` if it is not what it is said to be.
    package init(
        path: String, format: Format, maximumExpandedBytes: Int, chunkBytes: Int = 512 * 1_024,
        maximumRecordBytes: Int = RecordReader.maximumRecordBytes
    ) throws(KVError) {
        let source = try FileSource.open(path, chunkBytes: chunkBytes, maximumExpandedBytes: maximumExpandedBytes)
        var window = ByteWindow(source, chunkBytes: chunkBytes, maximumRecordBytes: maximumRecordBytes)
        let form: DetectedForm =
            switch format {
            case .auto: try .detectKeys(in: &window)
            case .text: try .lines(in: &window)
            case .ndjson, .json, .csv, .wrangler: try .detect(in: &window, for: .keys)
            }
        let expected = FileFormat(rawValue: format.rawValue)
        self.format = form.isLines ? nil : try form.format(expected)
        frames = FrameReader(window, form)
    }

    /// The next key; nil at the end. Throws `invalid_key` or `invalid_record` for a line or record without a key, and names
    /// its line.
    package mutating func next() throws(KVError) -> Key? {
        switch try frames.next() {
        case .end: return nil
        case .remark(let text, let line):
            throw KVError(
                .invalidRecord,
                "Line \(line): text follows the keys: \(quoting: text). Remove it, or name the format text."
            )
        case .bad(let bad): throw Self.wrong(bad.line, bad.error)
        case .record(let text, let line):
            do throws(KVError) { return try key(of: text) } catch { throw Self.wrong(line, error) }
        case .member(let text, let line):
            do throws(KVError) { return try JSONRecord.key(ofMember: text) } catch { throw Self.wrong(line, error) }
        }
    }

    private func key(of text: UnsafeBufferPointer<UInt8>) throws(KVError) -> Key {
        if format == nil { return try Key(utf8: Array(text)) }
        if let columns = frames.columns { return try columns.wholeKey(of: frames.rows, in: text) }
        return try JSONRecord.wholeKey(in: text)
    }

    private static func wrong(_ line: Int, _ error: KVError) -> KVError {
        KVError(error.code, "Line \(line): \(error.detail)")
    }
}
