/// What happens when a key is in the target already.
package enum Collision: String, CaseIterable, Codable, Sendable {
    case overwrite, skip, fail
}
