package import KVModel

/// Lists of keys that are named one by one, for jobs. A list has a number. Its keys are unique and in byte order.
///
/// A list that no job uses within an hour is dropped.
package protocol KeyListStore: Sendable {
    // MARK: Creating

    // These block the calling thread, which reads a file or a body meanwhile. Call them on a thread that may block.

    /// Creates an empty list and returns its number.
    ///
    /// Throws `too_many_key_lists` while too many lists or keys wait to be used.
    func newKeyList(now: Timestamp) throws -> Int64

    /// Adds keys, and returns how many of them were not in the list before. Throws `disk_full`.
    ///
    /// Other writers get their turn between chunks of the keys. If it throws, some of the keys may have been added.
    @discardableResult func add(_ keys: [Key], toKeyList number: Int64) throws -> Int

    /// Drops a list that could not be completed.
    func abandonKeyList(_ number: Int64) throws

    /// Throws `invalid_request` when there is no such list.
    func requireKeyList(_ number: Int64) throws

    // MARK: Using

    /// The number of keys; 0 for a list that does not exist.
    func keyCount(ofKeyList number: Int64) async throws -> Int

    /// Returns keys in byte order.
    func keys(ofKeyList number: Int64, after key: String?, limit: Int) async throws -> [Key]

    /// Returns those of the keys that are in the list.
    func keys(_ keys: [Key], inKeyList number: Int64) async throws -> Set<Key>

    /// Drops a list unless a job uses it. Its keys are removed later.
    func dropKeyList(_ number: Int64) async throws
}
