import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import NIOCore

/// The answer of a bulk get, written key by key. What is large of it goes to a temporary file.
struct BulkGetAnswer {
    enum Form: String, CaseIterable { case text, json }

    /// Bytes that are collected before they go to the file.
    private static let collected = 64 << 10
    /// Bytes of a value that are written at once.
    private static let pieceBytes = 64 << 10
    /// The memory in which a large value is written as JSON, piece by piece.
    private static let reservedBytes = 1 << 20

    private let bodies: BodyStorage
    private let form: Form
    private let withMetadata: Bool
    private var kept: KeptBytes.Writer?
    private var bytes = Array(#"{"result":{"values":{"#.utf8)
    private var isFirst = true

    init(_ bodies: BodyStorage, form: Form, withMetadata: Bool) {
        self.bodies = bodies
        self.form = form
        self.withMetadata = withMetadata
    }

    /// Adds a key with its entry, or with `null`. Throws when the value is to be JSON and is not.
    mutating func add(_ key: Key, _ entry: Entry?) async throws {
        begin(key)
        guard let entry else { return bytes += Array("null".utf8) }
        if withMetadata { bytes += Array(#"{"value":"#.utf8) }
        let text = try await BulkGetText(entry.value, of: key, as: form, bodies)
        if form == .text { bytes.append(UInt8(ascii: "\"")) }
        var start = 0
        while start < text.value.count {
            let (piece, end) = try await text.piece(from: start, atMost: Self.pieceBytes)
            try await append(piece)
            start = end
        }
        if form == .text { bytes.append(UInt8(ascii: "\"")) }
        if withMetadata { end(entry.metadata, entry.expiration) }
    }

    /// Adds a key whose value may be large, read from an engine with these traits.
    mutating func add(_ key: Key, _ value: consuming ValueStream, from traits: EngineTraits) async throws {
        var entry = Entry(key: key, value: [], metadata: value.info.metadata, expiration: value.info.expiration)
        switch try await value.gathered(in: bodies, upTo: Self.pieceBytes, from: traits) {
        case .small(let bytes):
            entry.value = bytes
            try await add(key, entry)
        case .large(let kept) where form == .json:
            // JSON is checked as a whole.
            let reservation = try await bodies.budget.reserve(kept.count)
            defer { withExtendedLifetime(reservation) {} }
            entry.value = try await kept.piece(from: 0, atMost: kept.count) { Array($0) }
            try await add(key, entry)
        case .large(let kept):
            begin(key)
            bytes += Array((withMetadata ? #"{"value":""# : "\"").utf8)
            try await add(text: kept)
            bytes.append(UInt8(ascii: "\""))
            if withMetadata { end(entry.metadata, entry.expiration) }
        }
    }

    private mutating func add(text kept: KeptBytes) async throws {
        let reservation = try await bodies.budget.reserve(Self.reservedBytes)
        defer { withExtendedLifetime(reservation) {} }
        let isValid = try await kept.lengthAsJSON != nil
        var start = 0
        while start < kept.count {
            let isLast = start + Self.pieceBytes >= kept.count
            let (count, json) = try await kept.piece(from: start, atMost: Self.pieceBytes) { piece in
                let whole = isLast ? piece : piece.upToLastScalar
                return (whole.count, BulkGetText.json(whole, isValid: isValid))
            }
            start += count
            try await append(json)
        }
    }

    private mutating func begin(_ key: Key) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.appendJSONString(key.bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func end(_ metadata: Metadata?, _ expiration: Expiration?) {
        bytes += Array(#","metadata":"#.utf8)
        bytes += metadata?.json ?? Array("null".utf8)
        if let expiration { bytes += Array(#","expiration":\#(expiration.seconds)"#.utf8) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ json: [UInt8]) async throws {
        bytes += json
        if bytes.count > Self.collected { try await keep() }
    }

    private mutating func keep() async throws {
        if kept == nil { kept = try await bodies.keeping(expected: Entry.maximumValueBytes) }
        try await kept?.append(ByteBuffer(bytes: bytes))
        bytes.removeAll(keepingCapacity: true)
    }

    consuming func response() async throws -> Response {
        bytes += Array(#"}},"success":true,"errors":[],"messages":[]}"#.utf8)
        guard var writer = kept else { return .json(.ok, bytes) }
        try await writer.append(ByteBuffer(bytes: bytes))
        let kept = try await writer.finish()
        return Response(
            status: .ok, headers: [.contentType: "application/json"], length: kept.count, pieces: ResponseBody(kept))
    }
}

/// A value as text, with what is not UTF-8 in it replaced piece by piece.
private struct BulkGetText: Sendable {
    /// Bytes whose coding would hold up the other connections of an event loop.
    private static let muchWork = 64 << 10

    private(set) var value: [UInt8]
    private var isValid = true
    private let isRaw: Bool
    private var reservation: MemoryReservation?

    init(_ bytes: [UInt8], of key: Key, as form: BulkGetAnswer.Form, _ bodies: BodyStorage) async throws {
        value = bytes
        isRaw = form == .json
        isValid = try await Blocking.run(if: bytes.count > Self.muchWork) { bytes.isValidUTF8 }
        guard isRaw else { return }
        if !isValid {
            // JSON is checked as a whole, in the text that is answered.
            reservation = value.count > Self.muchWork ? try await bodies.budget.reserve(3 * value.count) : nil
            value = try await Blocking.run(if: bytes.count > Self.muchWork) {
                Array(String(decoding: bytes, as: UTF8.self).utf8)
            }
            isValid = true
        }
        // A byte order mark is not part of the JSON.
        if value.starts(with: ByteOrderMark.utf8) { value.removeFirst(ByteOrderMark.utf8.count) }
        do {
            try await Blocking.run(if: value.count > Self.muchWork) { [value] in try JSONScanner.validate(value) }
        } catch let failure as JSONScanner.Failure {
            throw CloudflareError.badBody("the value of \(quoting: key) is not JSON: \(failure)")
        }
    }

    /// Returns the JSON of a part of the value, and where that part ends.
    func piece(from start: Int, atMost limit: Int) async throws -> (json: [UInt8], end: Int) {
        let end = end(from: start, atMost: limit)
        let piece = Array(value[start..<end])
        guard !isRaw else { return (piece, end) }
        let json = try await Blocking.run(if: piece.count > Self.muchWork) { [isValid] in
            piece.withUnsafeBufferPointer { Self.json($0, isValid: isValid) }
        }
        return (json, end)
    }

    /// Text as the content of a JSON string.
    static func json(_ text: UnsafeBufferPointer<UInt8>, isValid: Bool) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(text.count)
        if isValid {
            json.appendEscaped(text)
        } else {
            Array(String(decoding: text, as: UTF8.self).utf8).withUnsafeBufferPointer { json.appendEscaped($0) }
        }
        return json
    }

    /// The end of a piece, such that no scalar is cut, nor a part of one that is replaced as a whole.
    private func end(from start: Int, atMost limit: Int) -> Int {
        guard start + limit < value.count else { return value.count }
        return value.withUnsafeBufferPointer { bytes in
            start + UnsafeBufferPointer(rebasing: bytes[start..<start + limit]).upToLastScalar.count
        }
    }
}
