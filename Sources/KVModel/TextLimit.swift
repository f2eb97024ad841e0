/// The maximum lengths of a client's texts, in bytes of UTF-8. Longer ones are refused while they are read.
///
/// Keys, titles, tags and metadata have limits of their own: `Key.maximumBytes`, `Namespace.maximumTitleBytes`,
/// `Tags.maximumBytes`, `Metadata.maximumBytes`.
package enum TextLimit {
    /// Names of stores, ids of namespaces, jobs, lists and backups, words of closed lists.
    package static let name = 64
    /// Prefixes, delimiters, and every other text that has no limit of its own.
    package static let text = 512
    package static let idempotencyKey = 255
    package static let fileName = 4_096
    /// The maximum number of characters of a file name that are kept.
    package static let keptFileName = 255
    /// Remote stores choose the form of their cursors.
    package static let cursor = 4_096
    /// Names of members of a JSON object.
    package static let memberName = 1_024
}
