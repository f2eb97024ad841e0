import KVLedger
package import KVModel

/// A request to start a job, after its common members have been read: the kind reads the others.
///
/// It reads from memory that the caller holds until the request has been read.
package struct JobRequest {
    package typealias Member = (name: String, position: Int)

    package let selection: JobSelection
    /// The time that TTLs count from.
    package let now: Timestamp
    private let kind: String
    private let members: [Member]
    private let body: UnsafeBufferPointer<UInt8>

    /// - Parameter members: The members that no other part has read, and where in the body each value begins.
    package init(
        kind: String, selection: JobSelection, members: [Member], in body: UnsafeBufferPointer<UInt8>, now: Timestamp
    ) {
        self.kind = kind
        self.selection = selection
        self.members = members
        self.body = body
        self.now = now
    }

    /// Calls `read` with each member; it returns false for a name that the kind does not have.
    ///
    /// Throws `invalid_request` for such a member: a caller who sent it expects it to have an effect.
    package func readMembers(_ read: (_ name: String, _ scanner: inout JSONScanner) throws -> Bool) throws {
        for (name, position) in members {
            var scanner = JSONScanner(body, from: position)
            guard try JSONObject.value(of: name, &scanner, read) else {
                throw Self.unknownMember(name, of: kind)
            }
        }
    }

    package static func unknownMember(_ name: String, of kind: String) -> KVError {
        KVError(.invalidRequest, "A job of kind \(kind) has no field \(quoting: name).")
    }
}

extension JSONScanner {
    mutating func jobTarget() throws -> JobTarget {
        var store: String?
        var namespace: String?
        try JSONObject.read(&self) { name, scanner in
            switch name {
            case "store": store = try scanner.text(atMost: TextLimit.name)
            case "namespace": namespace = try scanner.text(atMost: TextLimit.name)
            default: return false
            }
            return true
        }
        guard let store, let namespace else {
            throw KVError(.invalidRequest, "A target has a \"store\" and a \"namespace\".")
        }
        return JobTarget(store: store, namespace: namespace)
    }
}
