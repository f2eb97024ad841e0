import KVModel

/// An entry, and what is said of its annotation, as jobs carry them about.
struct AnnotatedEntry: Keyed, Hashable {
    var entry: Entry
    var annotation: AnnotationChange

    var key: Key { entry.key }
}
