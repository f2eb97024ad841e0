/// Sees what a batch is about to change, key by key, before it is changed. It may note what was there, and may hold a
/// change back.
///
/// Called on a thread that may block.
package protocol ChangeInterceptor: Sendable {
    /// False: the key is to be left as it is.
    ///
    /// - Parameters:
    ///   - old: what the key holds; nil: there is no such key.
    ///   - new: what it is to hold; nil: it is to be deleted.
    func mayReplace(_ old: Entry?, with new: Entry?, of key: Key) throws -> Bool
    /// Returns when all that has been seen lies safe.
    func seal() throws
}
