package import KVModel

/// A page of keys with what KV Manager keeps of them.
package struct AnnotatedKeys: Sendable {
    package let page: FolderPage
    /// Of those keys that have one.
    package let annotations: [Key: Annotation]
    /// The number of keys under the prefix; nil where it was not asked for, or counting is not cheap.
    package let count: Int?
}
