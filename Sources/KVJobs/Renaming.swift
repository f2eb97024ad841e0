import KVModel

/// Gives keys that begin with one prefix another one in its place.
struct Renaming: Hashable, Sendable {
    private let from: [UInt8]
    private let to: [UInt8]

    init(from: String, to: String) {
        self.from = Array(from.utf8)
        self.to = Array(to.utf8)
    }

    /// What lies among the keys to be renamed and has the new prefix already: it stays as it is, be it from before or
    /// what the renaming has made.
    var excludedPrefix: [UInt8]? { to.starts(with: from) ? to : nil }

    /// Throws `invalid_key` for a key that does not begin so, whose new name is too long, or whose new name would be
    /// renamed again.
    func name(of key: Key) throws(KVError) -> Key {
        guard key.bytes.starts(with: from) else {
            throw KVError(.invalidKey, "The key \(quoting: key) does not begin with what is to be replaced.")
        }
        let name = try Key(utf8: to + key.bytes.dropFirst(from.count))
        guard excludedPrefix != nil || !name.bytes.starts(with: from) else {
            throw KVError(
                .invalidKey,
                "The key \(quoting: key) would be called \(quoting: name), which begins with the old prefix again and "
                    + "could be taken twice. Rename it by itself.")
        }
        return name
    }
}
