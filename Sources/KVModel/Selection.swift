/// Which keys of a namespace a job takes.
package enum Selection: Hashable, Sendable {
    /// Named one by one; the names themselves lie with the job, because there may be millions.
    case keys
    /// All that begin with these bytes, which are UTF-8 and not empty.
    case prefix([UInt8])
    case all
}

/// What happens when a key is in the target already.
package enum Collision: String, CaseIterable, Codable, Sendable {
    case overwrite, skip, fail
}
