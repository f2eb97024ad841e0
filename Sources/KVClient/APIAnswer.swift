import Foundation
import KVModel

/// A body that a server has sent, with the JSON that it was read from: numbers keep their digits there, and members that this
/// version does not have are kept.
@dynamicMemberLookup
package struct APIAnswer<Body: Decodable & Sendable>: Sendable {
    package let body: Body
    package let node: JSONNode

    /// Throws where the JSON is not such a body.
    package init(_ node: JSONNode) throws {
        body = try JSONDecoder().decode(Body.self, from: Data(node.json.utf8))
        self.node = node
    }

    package subscript<Member>(dynamicMember member: KeyPath<Body, Member>) -> Member { body[keyPath: member] }

    /// The JSON as it was written.
    package var json: String { node.json }
}
