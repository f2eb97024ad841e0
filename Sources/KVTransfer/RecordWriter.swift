package import KVModel

/// Turns entries into the bytes of a file, batch by batch; the caller writes them.
///
/// What each call returns is whole: a file may be cut back to the end of any batch and continued from there by another
/// writer. With gzip each is a gzip member of its own. Every entry comes back identical through a `RecordReader`, except
/// where formulas are neutralised.
package struct RecordWriter: Sendable {
    package let format: FileFormat
    package let isGzipped: Bool
    private let neutralisesFormulas: Bool
    /// Records in the file so far.
    package private(set) var count: Int

    /// - Parameters:
    ///   - neutralisesFormulas: For CSV that people open in a spreadsheet: fields that it would take for formulas get a
    ///     leading apostrophe. That is one-way: such a file does not give the same entries when it is read.
    ///   - recordsBefore: How many records the file holds already, when it is continued.
    package init(
        format: FileFormat, isGzipped: Bool, neutralisesFormulas: Bool = false, recordsBefore: Int = 0
    ) {
        self.format = format
        self.isGzipped = isGzipped
        self.neutralisesFormulas = neutralisesFormulas
        count = recordsBefore
    }

    /// The bytes of the entries, after what comes before the first record of a file. `annotations` is empty or as long as
    /// `entries`; only NDJSON and JSON have a place for them. Throws if there is no memory to compress in.
    package mutating func batch(
        _ entries: [Entry], annotations: [AnnotationChange] = []
    ) throws(KVError) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            entries.reduce(256) { $0 + $1.key.bytes.count + $1.value.count + $1.value.count / 8 + 80 })
        for (index, entry) in entries.enumerated() {
            append(entry, index < annotations.count ? annotations[index] : AnnotationChange(), to: &bytes)
            count += 1
        }
        return isGzipped ? try Gzip.member(of: bytes) : bytes
    }

    /// What closes the file. Of a file without records it is the whole.
    package mutating func end() throws(KVError) -> [UInt8] {
        var bytes: [UInt8] = []
        switch format {
        case .json, .wrangler: bytes.append(count == 0 ? "[]\n" : "\n]\n")
        case .csv: if count == 0 { CSVRow.appendHeader(to: &bytes) }
        case .ndjson: break
        }
        guard isGzipped else { return bytes }
        return bytes.isEmpty && count > 0 ? [] : try Gzip.member(of: bytes)
    }

    private func append(_ entry: Entry, _ annotation: AnnotationChange, to bytes: inout [UInt8]) {
        switch format {
        case .ndjson:
            JSONRecord.append(entry, annotation, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        case .json:
            bytes.append(count == 0 ? "[\n" : ",\n")
            JSONRecord.append(entry, annotation, to: &bytes)
        case .wrangler:
            bytes.append(count == 0 ? "[\n" : ",\n")
            JSONRecord.appendWrangler(entry, to: &bytes)
        case .csv:
            if count == 0 { CSVRow.appendHeader(to: &bytes) }
            CSVRow(entry, neutralisesFormulas: neutralisesFormulas).append(to: &bytes)
        }
    }
}
