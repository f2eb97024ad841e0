/// Reads what clients send: one JSON object whose members are all known, none twice.
package enum JSONObject {
    /// `member` reads the value of the member named, or returns false for a name that it does not know.
    ///
    /// Throws `invalid_request` for what is not such an object; errors of `member` pass.
    package static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, member: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool
    ) throws {
        var scanner = JSONScanner(body: bytes)
        do {
            try read(&scanner, member: member)
            try scanner.end()
        } catch let failure as JSONScanner.Failure {
            throw KVError(.invalidRequest, "The body is not the JSON that is expected: \(failure).")
        }
    }

    /// The same for an object within.
    package static func read(
        _ scanner: inout JSONScanner, member: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool
    ) throws {
        var seen: Set<String> = []
        try scanner.object { name, scanner in
            guard seen.insert(name).inserted else {
                throw KVError(.invalidRequest, "The field \(quoting: name) occurs twice.")
            }
            guard try value(of: name, &scanner, member) else {
                throw KVError(.invalidRequest, "There is no field \(quoting: name) here.")
            }
        }
    }

    /// Reads the value of one member. Returns what `member` does, and throws `invalid_request` for what is not the JSON that it
    /// expects.
    package static func value(
        of name: String, _ scanner: inout JSONScanner,
        _ member: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool
    ) throws -> Bool {
        do {
            return try member(name, &scanner)
        } catch let failure as JSONScanner.Failure {
            throw KVError(.invalidRequest, "The field \(quoting: name) is wrong: \(failure).")
        }
    }

    package static func read(
        _ bytes: [UInt8], member: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool
    ) throws {
        try bytes.withUnsafeBufferPointer { try read($0, member: member) }
    }
}

extension JSONScanner {
    /// Reads a body that a client has sent. A byte order mark at its start, as programs on Windows write it, is passed over.
    package init(body bytes: UnsafeBufferPointer<UInt8>) {
        self.init(bytes, from: bytes.starts(with: ByteOrderMark.utf8) ? ByteOrderMark.utf8.count : 0)
    }

    /// One of the words of a closed list.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) throws -> Choice where Choice.RawValue == String {
        let word = try text(atMost: TextLimit.name)
        guard let choice = Choice(rawValue: word) else {
            throw failure("expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
