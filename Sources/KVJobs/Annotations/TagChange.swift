package import KVModel

/// What a job does to the tags of each key, or to its colour.
package enum TagChange: Hashable, Codable, Sendable {
    case replace([String])
    case edit(add: [String], remove: [String])
    case color(Annotation.Color?)

    func applied(to tags: [String]) -> AnnotationChange {
        switch self {
        case .replace(let new): return AnnotationChange(tags: Tags.sorted(new))
        case .edit(let add, let remove):
            let gone = Set(remove.map { Array($0.utf8) })
            return AnnotationChange(tags: Tags.sorted(tags.filter { !gone.contains(Array($0.utf8)) } + add))
        case .color(let color): return AnnotationChange(color: .some(color))
        }
    }
}
