import KVModel

/// An entry with its tags, as jobs carry it about.
struct TaggedEntry: Keyed, Hashable {
    var entry: Entry
    /// Nil: nothing is said about them.
    var tags: [String]?

    var key: Key { entry.key }
}
