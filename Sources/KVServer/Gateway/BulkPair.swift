import HTTPTypes
import KVModel
import KVTransfer

/// One pair of a bulk write as the hosted service reads it: members that it does not know are passed over. The value stays
/// where it is until it is asked for.
struct BulkPair {
    private var name: JSONScanner.StringContent?
    private var text: JSONScanner.StringContent?
    private var isBase64 = false
    private var metadata: Metadata?
    private var time: Int64?
    private var ttl: Int64?

    /// Throws where the scanner does not stand at such an object; whether it is a pair shows in `entry`.
    mutating func read(_ scanner: inout JSONScanner) throws {
        try scanner.object { member, scanner in
            switch member {
            case "key": name = try scanner.stringContent()
            case "value": text = try scanner.stringContent()
            case "base64": isBase64 = scanner.takeNull() ? false : try scanner.boolean()
            case "metadata": metadata = try scanner.metadata()
            case "expiration": time = scanner.takeNull() ? nil : try scanner.integer()
            case "expiration_ttl": ttl = scanner.takeNull() ? nil : try scanner.integer()
            default: try scanner.skipValue()
            }
        }
    }

    /// The entry that the pair stands for. Throws what keeps it from being one.
    func entry(_ scanner: JSONScanner, now: Timestamp) throws -> Entry {
        var entry = try entryWithoutValue(scanner, now: now)
        if let text { entry.value = isBase64 ? try decoded(text, scanner) : scanner.decoded(text) }
        return entry
    }

    /// Throws as `entry` does, and returns its key with the bytes of key, value and metadata.
    func check(_ scanner: JSONScanner, now: Timestamp) throws -> (key: Key, size: Int) {
        let entry = try entryWithoutValue(scanner, now: now)
        let size = try text.map { isBase64 ? try decoded($0, scanner).count : $0.decodedCount } ?? 0
        return (entry.key, entry.key.bytes.count + size + (entry.metadata?.json.count ?? 0))
    }

    private func entryWithoutValue(_ scanner: JSONScanner, now: Timestamp) throws -> Entry {
        guard let name else { throw KVError(.invalidRecord, "it has no key") }
        guard let text else { throw KVError(.invalidRecord, "it has no value") }
        guard name.decodedCount <= Key.maximumBytes else { throw Key.tooLong }
        let limit = isBase64 ? Base64.longestText(for: Entry.maximumValueBytes) : Entry.maximumValueBytes
        guard text.decodedCount <= limit else { throw KVError.tooLarge() }
        return Entry(
            key: try Key(utf8: scanner.decoded(name)), value: [], metadata: metadata,
            expiration: try Expiration(hostedTTL: ttl, orTime: time, now: now))
    }

    private func decoded(_ text: JSONScanner.StringContent, _ scanner: JSONScanner) throws -> [UInt8] {
        guard let value = scanner.decoded(text).withUnsafeBufferPointer({ Base64.decode($0) }) else {
            throw KVError(.invalidValue, "its value is not base64")
        }
        guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge(value.count) }
        return value
    }

    /// The error with the pair named in it. Whatever is wrong with a pair, it is the request that is bad.
    func refusal(_ error: any Error, _ scanner: JSONScanner, number: Int) -> CloudflareError {
        let failure = (error as? JSONScanner.Failure).map { CloudflareError.badBody("\($0)") }
        var refusal = failure ?? CloudflareError(answering: error)
        let key =
            name.map { scanner.decoded($0, atMost: Key.maximumBytes) }
            .map { ", key \(quoting: String(decoding: $0, as: UTF8.self))" } ?? ""
        refusal.status = .badRequest
        refusal.message = "pair \(number)\(key): \(refusal.message)"
        return refusal
    }
}
