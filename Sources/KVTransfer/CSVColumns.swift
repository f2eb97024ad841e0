import KVModel

/// What the columns of a CSV file mean, after its header; reads records from its rows.
struct CSVColumns {
    private enum Column: String {
        case key, value, encoding, metadata, expiration, ttl, tags, color, customMetadata

        /// Names are known in any case.
        init?(header name: String) {
            switch name.lowercased() {
            case "name": self = .key
            case "expiration_ttl": self = .ttl
            case "custommetadata", "custom_metadata": self = .customMetadata
            case let name:
                guard let column = Column(rawValue: name) else { return nil }
                self = column
            }
        }
    }

    static let notUTF8 =
        "The row is not UTF-8 text. Save the file as UTF-8 (CSV UTF-8 in a spreadsheet), import it with the encoding "
        + "windows-1252, or give the value in base64 and set encoding to base64."

    /// Of a field that is no value: the largest metadata, in any form, and more than all tags.
    private static let maximumFieldBytes = 64 << 10

    /// Nil for a column that entries do not have.
    private let columns: [Column?]
    private let names: [String]
    let keyColumn: Int
    /// For users.
    var list: String { names.map { "\(quoting: $0)" }.joined(separator: ", ") }

    /// Nil unless the row names a column for keys and, for entries, one for values. Throws `invalid_record` if it does, but another
    /// of its columns repeats one, or is unknown where that is refused.
    init?(header rows: RowFraming, in text: UnsafeBufferPointer<UInt8>, for purpose: FilePurpose) throws(KVError) {
        let names = rows.fields.map { $0.shortened(in: text).trimmingBlanks }
        let found = names.map { Column(header: $0) }
        guard let keyColumn = found.firstIndex(of: .key), purpose == .keys || found.contains(.value) else { return nil }
        for (index, name) in names.enumerated() {
            guard let column = found[index] else {
                guard purpose != .entries(isStrict: true) else {
                    throw KVError(
                        .invalidRecord, "An entry has no column \(quoting: name); without strict it is ignored.")
                }
                continue
            }
            guard found.firstIndex(of: column) == index else {
                throw KVError(.invalidRecord, "The header's column \(quoting: name) repeats one before it.")
            }
        }
        columns = found
        self.names = names
        self.keyColumn = keyColumn
    }

    func record(
        from rows: RowFraming, in text: UnsafeBufferPointer<UInt8>, line: Int, now: Timestamp
    ) throws(KVError) -> JSONRecord.Parsed {
        if let fault = rows.fault { throw KVError(.invalidRecord, fault) }
        guard rows.fieldCount == columns.count else {
            throw KVError(.invalidRecord, "The row has \(rows.fieldCount) fields; the header has \(columns.count).")
        }
        var fields = RecordFields()
        var omissions: Omissions?
        for (index, field) in rows.fields.enumerated() {
            guard let column = columns[index] else {
                if !field.range.isEmpty { omissions.orNone.addMember(names[index]) }
                continue
            }
            try check(column, bytes: field.range.count)
            try read(column, field.content(in: text), into: &fields)
        }
        if !fields.isBase64, let value = fields.value, !value.isValidUTF8 {
            throw KVError(.invalidValue, Self.notUTF8)
        }
        return (try fields.record(line: line, now: now), omissions)
    }

    func wholeKey(of rows: RowFraming, in text: UnsafeBufferPointer<UInt8>) throws(KVError) -> Key {
        if let fault = rows.fault { throw KVError(.invalidRecord, fault) }
        guard keyColumn < rows.fields.count else { throw KVError(.invalidRecord, "The row has no key.") }
        try check(.key, bytes: rows.fields[keyColumn].range.count)
        return try Key(utf8: rows.fields[keyColumn].content(in: text))
    }

    /// The key of a row, as far as it can be made out.
    func key(of rows: RowFraming, in text: UnsafeBufferPointer<UInt8>) -> String? {
        guard rows.fault == nil, keyColumn < rows.fields.count else { return nil }
        return rows.fields[keyColumn].shortened(in: text)
    }

    /// Refuses a field that is too long before it is copied; its quotes may be doubled.
    private func check(_ column: Column, bytes: Int) throws(KVError) {
        switch column {
        case .value:
            guard bytes <= 2 * RecordFields.maximumTextBytes else { throw KVError.tooLarge() }
        case _ where bytes <= Self.maximumFieldBytes: break
        case .key: throw Key.tooLong
        case .metadata, .customMetadata: throw Metadata.tooLarge(bytes)
        default:
            throw KVError(
                .invalidRecord, "The field \(quoting: column.rawValue) has more than \(Self.maximumFieldBytes) bytes.")
        }
    }

    private func read(_ column: Column, _ content: [UInt8], into fields: inout RecordFields) throws(KVError) {
        switch column {
        case .key:
            guard content.isValidUTF8 else { throw KVError(.invalidKey, Self.notUTF8) }
            fields.key = try Key(utf8: content)
        case .value: fields.value = content
        case .encoding: fields.isBase64 = try isBase64(content)
        case .metadata: fields.metadata = content.isEmpty ? nil : try Metadata(json: content)
        case .expiration:
            fields.expiration = content.isEmpty ? nil : try Expiration.seconds(String(decoding: content, as: UTF8.self))
        case .ttl: fields.ttl = content.isEmpty ? nil : try Expiration.ttl(String(decoding: content, as: UTF8.self))
        // An empty field says nothing.
        case .tags where !content.isEmpty: fields.annotation.tags = try tags(content)
        case .color where !content.isEmpty:
            fields.annotation.color = try Annotation.Color(named: String(decoding: content, as: UTF8.self))
        case .customMetadata where !content.isEmpty:
            fields.annotation.customMetadata = .some(try Metadata(json: content))
        case .tags, .color, .customMetadata: break
        }
    }

    private func isBase64(_ content: [UInt8]) throws(KVError) -> Bool {
        switch String(decoding: content, as: UTF8.self) {
        case "base64": return true
        case "", "text": return false
        default: throw KVError(.invalidRecord, "The encoding is neither \"text\" nor \"base64\".")
        }
    }

    private func tags(_ content: [UInt8]) throws(KVError) -> [String]? {
        let result: Result<[String]?, KVError> = content.withUnsafeBufferPointer { text in
            var scanner = JSONScanner(text)
            do throws(KVError) {
                let tags = try scanner.recordTags()
                guard scanner.peek() == nil else {
                    throw KVError(.invalidRecord, "The tags are not a JSON array of strings.")
                }
                return .success(tags)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
