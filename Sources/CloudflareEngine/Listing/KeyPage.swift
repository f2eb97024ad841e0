import KVModel

/// A page of the API's listing.
struct KeyPage {
    static let sizes = 10...1_000

    var keys: [KeyInfo] = []
    /// Empty: this was the last.
    var next = ""

    init(_ answer: Answer) throws {
        try answer.read(
            result: { scanner in try scanner.array { scanner in keys.append(try KeyInfo(&scanner)) } },
            info: { scanner in
                try scanner.object { name, scanner in
                    if name == "cursor", scanner.peek() == UInt8(ascii: "\"") {
                        next = try scanner.text()
                    } else {
                        try scanner.skipValue()
                    }
                }
            })
    }
}

extension CloudflareEngine {
    /// Pages in order, from the position on: `take` gets the keys of each that were not taken before, and says whether to
    /// go on. Returns where the page after the last one begins; nil when there is none.
    ///
    /// - Parameter wanted: How many keys there is use for, so that no more are asked for than that.
    func list(
        in namespace: NamespaceID, prefix: [UInt8], from start: ListPosition, wanted: Int,
        take: (_ keys: [KeyInfo], _ page: ListPosition) async throws -> Bool
    ) async throws -> ListPosition? {
        var position = start
        var rest = wanted
        while true {
            // Of a page that is asked for once more it is not known how far it was taken.
            let limit = position.after.isEmpty ? max(KeyPage.sizes.lowerBound, rest) : KeyPage.sizes.upperBound
            let call = Call.keys(
                in: namespace, prefix: prefix, cursor: position.cursor, limit: min(limit, KeyPage.sizes.upperBound))
            let page = try KeyPage(try await api.send(call))
            let fresh = page.keys.drop { !position.after.precedesBytewise($0.key.bytes) }
            let goesOn = try await take(Array(fresh), position)
            rest -= fresh.count
            guard !page.next.isEmpty else { return nil }
            guard page.next != position.cursor else {
                throw KVError(.storeUnavailable, "The store's listing does not go on: it gives the same page again.")
            }
            position = ListPosition(cursor: page.next)
            guard goesOn else { return position }
        }
    }
}

extension KeyInfo {
    fileprivate init(_ scanner: inout JSONScanner) throws {
        var key: Key?
        var metadata: Metadata?
        var expiration: Expiration?
        try scanner.object { name, scanner in
            switch name {
            case "name": key = Key(stored: try scanner.string())
            case "expiration" where !scanner.takeNull(): expiration = Expiration(stored: try scanner.integer())
            case "metadata": metadata = try Metadata.asGiven(&scanner)
            case "expiration": break
            default: try scanner.skipValue()
            }
        }
        guard let key else { throw scanner.failure("a key without a name") }
        self.init(key: key, metadata: metadata, expiration: expiration)
    }
}

extension Metadata {
    /// JSON as the service keeps it, which may be more than we would let in; nil for `null`.
    static func asGiven(_ scanner: inout JSONScanner) throws -> Metadata? {
        if scanner.takeNull() { return nil }
        let json = Array(scanner.bytes[try scanner.skipValue()])
        return Metadata(stored: json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    }
}
