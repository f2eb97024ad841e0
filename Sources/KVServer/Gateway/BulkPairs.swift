import HTTPTypes
import KVModel
import KVTransfer

/// The pairs of a bulk write, on the disk: checked, and known by where they stand.
struct BulkPairs: Sendable {
    static let maximumCount = 10_000
    static let maximumBytes = 100 << 20

    /// How much of the body is read before its memory is given back.
    private static let releaseBytes = 8 << 20

    private struct Place: Sendable {
        var key: Key
        var range: Range<Int>
    }

    private let file: MappedFile
    /// Times to live count from it.
    private let now: Int64
    /// In the order of their keys; of one key in the order given, so that the last one stands.
    private var places: [Place]

    /// Reads all of it on the calling thread, which blocks. Throws what is wrong with the first pair that cannot be written.
    init(_ file: MappedFile, now: Int64) throws {
        self.file = file
        self.now = now
        places = []
        try file.read { bytes in try check(bytes) }
        guard !places.isEmpty else { throw CloudflareError.wrongCount("at least one key needed") }
        file.release(upTo: file.count)
        places.sort { $0.key < $1.key }
    }

    private mutating func check(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var scanner = JSONScanner(bytes)
        var released = 0
        try CloudflareError.readingBody {
            try scanner.array { scanner in
                guard places.count < Self.maximumCount else {
                    throw CloudflareError.wrongCount("at most \(Self.maximumCount) pairs can be written at once")
                }
                _ = scanner.peek()
                let start = scanner.position
                let pair = try BulkPair.reading(number: places.count + 1) { pair in try pair.read(&scanner, now: now) }
                places.append(Place(key: pair.key, range: start..<scanner.position))
                if scanner.position - released > Self.releaseBytes {
                    released = scanner.position
                    file.release(upTo: released)
                }
            }
            try scanner.end()
        }
    }

    var count: Int { places.count }

    func names(from start: Int) -> [String] { places[start...].map(\.key.name) }

    /// The entries from `start` on: as many as fit, at least one. Blocks, as above.
    func entries(from start: Int, before end: Int, sizes: EngineTraits.BatchSizes) throws -> [Entry] {
        var entries: [Entry] = []
        var total = 0
        try file.read { bytes in
            for place in places[start..<end].prefix(sizes.write) {
                var scanner = JSONScanner(bytes, from: place.range.lowerBound)
                var pair = BulkPair()
                let entry = try pair.read(&scanner, now: now)
                let size = entry.key.bytes.count + entry.value.count + (entry.metadata?.json.count ?? 0)
                if !entries.isEmpty, total + size > sizes.bytes { break }
                total += size
                entries.append(entry)
            }
        }
        file.release(upTo: file.count)
        return entries
    }
}

/// One pair, as the hosted service reads it: members that it does not know are passed over.
struct BulkPair {
    private(set) var keyName: [UInt8]?

    mutating func read(_ scanner: inout JSONScanner, now: Int64) throws -> Entry {
        var text: [UInt8]?
        var metadata: Metadata?
        var time: Int64?
        var ttl: Int64?
        var isBase64 = false
        try scanner.object { name, scanner in
            switch name {
            case "key": keyName = try scanner.string()
            case "value": text = try Self.text(&scanner)
            case "base64": isBase64 = scanner.takeNull() ? false : try scanner.boolean()
            case "metadata": metadata = try Metadata(json: Array(scanner.bytes[scanner.skipValue()]))
            case "expiration": time = scanner.takeNull() ? nil : try scanner.integer()
            case "expiration_ttl": ttl = scanner.takeNull() ? nil : try scanner.integer()
            default: try scanner.skipValue()
            }
        }
        guard let keyName else { throw KVError(.invalidRecord, "it has no key") }
        guard let text else { throw KVError(.invalidRecord, "it has no value") }
        let expiration = try Expiration(hostedTTL: ttl, orTime: time, now: now)
        return Entry(
            key: try Key(utf8: keyName), value: isBase64 ? try Self.decoded(text) : try Self.checked(text),
            metadata: metadata, expiration: expiration)
    }

    /// Has the pair named in what is wrong with it. All that is wrong with a pair is a bad request.
    static func reading(number: Int, _ read: (inout BulkPair) throws -> Entry) throws -> Entry {
        var pair = BulkPair()
        do {
            return try read(&pair)
        } catch let failure as JSONScanner.Failure {
            throw CloudflareError.badBody("\(pair.place(number)): \(failure)")
        } catch {
            var refusal = CloudflareError(answering: error)
            refusal.status = .badRequest
            refusal.message = "\(pair.place(number)): \(refusal.message)"
            throw refusal
        }
    }

    private func place(_ number: Int) -> String {
        guard let keyName else { return "pair \(number)" }
        let name = String(decoding: keyName, as: UTF8.self)
        return "pair \(number), key \"\(name.prefix(Key.maximumBytes))\""
    }

    private static func text(_ scanner: inout JSONScanner) throws -> [UInt8] {
        let content = try scanner.stringContent()
        guard content.decodedCount <= Base64.encodedCount(Entry.maximumValueBytes) else { throw KVError.tooLarge() }
        return scanner.decoded(content)
    }

    private static func checked(_ value: [UInt8]) throws -> [UInt8] {
        guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge(value.count) }
        return value
    }

    private static func decoded(_ text: [UInt8]) throws -> [UInt8] {
        guard let value = text.withUnsafeBufferPointer({ Base64.decode($0) }) else {
            throw KVError(.invalidValue, "its value is not base64")
        }
        return try checked(value)
    }
}
