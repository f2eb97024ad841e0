import KVModel

/// The keys of a bulk request.
enum BulkKeys {
    static let maximumCount = 10_000
    /// 10,000 keys of 512 bytes, each byte written as an escape, and room for what is between them.
    static let maximumBytes = 32 << 20

    /// Reads an array of names, in which each key may stand several times. Throws what is wrong with the first that is none.
    static func read(_ scanner: inout JSONScanner, atMost limit: Int) throws -> [Key] {
        var keys: [Key] = []
        try scanner.array { scanner in
            guard keys.count < limit else {
                throw CloudflareError.wrongCount("at most \(limit) keys can be named at once")
            }
            do {
                keys.append(try scanner.key())
            } catch let error as KVError {
                throw KVError(error.code, "key \(keys.count + 1): \(error.detail)")
            }
        }
        guard !keys.isEmpty else { throw CloudflareError.wrongCount("at least one key needed") }
        return keys
    }

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [Key] {
        var scanner = JSONScanner(body: bytes)
        return try CloudflareError.readingBody {
            let keys = try read(&scanner, atMost: maximumCount)
            try scanner.end()
            return keys
        }
    }
}
