/// Where in a file of JSON text the next record is.
package struct ValuePlace: Codable, Hashable, Sendable {
    package enum Container: String, Codable, Sendable {
        /// The file itself: values one after another.
        case file
        case array
        /// An object whose members are the entries.
        case object
    }

    package internal(set) var container = Container.file
    /// Whether no record of the container has been read yet.
    var isFirst = true
    /// Objects around the container, each of which ends after it.
    var wrappers = 0
    /// Whether an array or an object of records has ended before.
    var isAfterContainer = false
}
