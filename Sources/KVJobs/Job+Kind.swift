package import KVLedger

extension Job {
    /// The specification; nil when a newer version has stored it.
    package var kind: (any JobKind)? { work as? any JobKind }
}
