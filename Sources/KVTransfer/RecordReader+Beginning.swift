package import KVModel

extension RecordReader {
    private static let beginningCount = 1_000
    private static let beginningBytes = 1 << 20

    /// Reads the first records. Throws `no_values` if they name keys alone, and `unknown_format` if the file is CSV and one of
    /// them is not UTF-8: the whole file is meant then, not single records. Whatever else is wrong, reading reports.
    package consuming func checkBeginning() throws(KVError) {
        guard let batch = try? next(limit: Self.beginningCount, bytes: Self.beginningBytes) else { return }
        let failures = batch.failures
        if batch.records.isEmpty, !failures.isEmpty, failures.allSatisfy({ $0.error == RecordFields.noValue }) {
            throw KVError.noValues("names keys without values")
        }
        if let bad = failures.first(where: { $0.error.detail == CSVColumns.notUTF8 }) {
            throw KVError(.unknownFormat, "Line \(bad.line): \(bad.error.detail)")
        }
    }
}

extension KVError {
    /// - Parameter fault: what the file does.
    static func noValues(_ fault: String) -> KVError {
        KVError(
            .noValues,
            "The file \(fault), so there is nothing to import. To do something with these keys, use it as a list of keys "
                + "(kv-manager bulk … --keys-from FILE). To import entries, save their values too, with wrangler kv bulk get "
                + "for example.")
    }
}
