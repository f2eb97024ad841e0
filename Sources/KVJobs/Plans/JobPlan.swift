package import KVModel

/// What a job would do, told before it is one.
package struct JobPlan: Sendable {
    package struct Warning: Hashable, Sendable {
        package var code: String
        package var detail: String
    }

    /// How many keys it would take; when it is not `isComplete`, at least so many.
    package var keys = 0
    package var isComplete = true
    /// How many of the named keys do not exist; nil where keys are not named, and where looking would cost requests.
    package var missing: Int?
    package var requests = 0
    package var seconds = 0
    /// Bytes of the values; nil where that is not known without reading them.
    package var bytes: Int?
    /// The first keys, 20 at most.
    package var sample: [Key] = []
    package var warnings: [Warning] = []
    package var isUndoable = false
}
