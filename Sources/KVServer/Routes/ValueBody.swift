import HTTPTypes
import Hummingbird
import KVHTTP
import KVModel
import KVWorkspace

/// The body of a request as a value, which is written while it is received where the engine can do so.
struct ValueBody {
    let request: Request
    let bodies: BodyStorage

    /// Returns the size of the value too.
    func write(
        as info: KeyInfo, _ annotation: AnnotationChange = AnnotationChange(), in location: NamespaceLocation,
        _ workspace: Workspace, when condition: WriteCondition
    ) async throws -> (outcome: WriteOutcome, size: Int) {
        do {
            let stream = try await bodies.stream(
                request, upTo: Entry.maximumValueBytes,
                gathers: !workspace.traits(of: location).capabilities.contains(.streamsValues))
            defer { withExtendedLifetime(stream) {} }
            let outcome = try await workspace.writeValue(
                stream.pieces, of: info, annotation, in: location, when: condition)
            return (outcome, stream.pieces.received)
        } catch is BodyStorage.TooLarge {
            throw KVError.tooLarge(request.headers[.contentLength].flatMap { Int($0) })
        }
    }
}
