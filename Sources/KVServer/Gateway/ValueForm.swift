import HTTPTypes
import Hummingbird
import KVFiles
import KVHTTP
import KVModel
import KVWorkspace

/// The parts of a form with a value.
struct ValueForm: Sendable {
    /// The largest value and metadata, and room for what is around them.
    static let maximumBytes = Entry.maximumValueBytes + 256 * 1_024

    /// More than metadata, or the longest annotation, needs with all its blanks and escapes.
    private static let maximumPartBytes = 64 * 1_024

    /// Where the value stands in the body.
    let value: Range<Int>
    let metadata: Metadata?
    let annotation: AnnotationChange?

    /// - Parameter hasAnnotation: Whether the form may have an annotation. The gateway, as the hosted service, ignores the part.
    init(_ bytes: UnsafeBufferPointer<UInt8>, boundary: [UInt8], hasAnnotation: Bool) throws {
        var value: Range<Int>?
        var metadata: Multipart.Part?
        var annotation: Multipart.Part?
        for part in try Self.parts(bytes, boundary: boundary) {
            switch part.name {
            case "value" where value == nil: value = part.content
            case "metadata" where metadata == nil: metadata = part
            case "annotation" where !hasAnnotation: break
            case "annotation" where annotation == nil: annotation = part
            case "value", "metadata", "annotation": throw CloudflareError.badBody("it has two parts named \(part.name)")
            default: break
            }
        }
        guard let value else { throw CloudflareError.badBody("it has no part named value") }
        guard value.count <= Entry.maximumValueBytes else { throw KVError.tooLarge(value.count) }
        self.value = value
        self.metadata = try metadata.flatMap { try Self.metadata($0, in: bytes) }
        self.annotation = try annotation.map { part in
            guard part.content.count <= Self.maximumPartBytes else {
                throw CloudflareError.badBody("the part named annotation has more than \(Self.maximumPartBytes) bytes")
            }
            return try AnnotationChange(json: Array(bytes[part.content]))
        }
    }

    private static func parts(
        _ bytes: UnsafeBufferPointer<UInt8>, boundary: [UInt8]
    ) throws(CloudflareError) -> [Multipart.Part] {
        do {
            return try Multipart(bytes, boundary: boundary).parts
        } catch {
            throw CloudflareError.badBody(error.reason)
        }
    }

    /// JSON, or nothing. The official Python client sends a metadata of text as it is, and says so: then what is not JSON
    /// is that text.
    private static func metadata(
        _ part: Multipart.Part, in bytes: UnsafeBufferPointer<UInt8>
    ) throws -> Metadata? {
        guard part.content.count <= maximumPartBytes else {
            throw KVError(.metadataTooLarge, "The part named metadata has more than \(maximumPartBytes) bytes.")
        }
        var content = Array(bytes[part.content])
        if content.starts(with: ByteOrderMark.utf8) { content.removeFirst(ByteOrderMark.utf8.count) }
        guard !content.isEmpty else { return nil }
        guard part.contentType == "text/plain", (try? JSONScanner.validate(content)) == nil else {
            return try Metadata(json: content)
        }
        var text: [UInt8] = []
        text.appendJSONString(content)
        return try Metadata(json: text)
    }

    /// The boundary of a request whose body is a form; nil for every other body, which is the value itself.
    static func boundary(of request: Request) throws -> [UInt8]? {
        guard let header = request.headers[.contentType] else { return nil }
        let type = HeaderParameters(header)
        guard type.value.lowercased() == "multipart/form-data" else { return nil }
        // RFC 2046 allows 70 bytes.
        guard let boundary = type["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw CloudflareError.badBody("its Content-Type names no boundary")
        }
        return Array(boundary.utf8)
    }
}

/// A form with a value that has been received whole.
struct ReceivedForm: Sendable {
    let form: ValueForm
    private let body: ReceivedBody
    private let reservation: MemoryReservation

    init(_ request: Request, boundary: [UInt8], hasAnnotation: Bool, _ bodies: BodyStorage) async throws {
        let body = try await bodies.receive(request, upTo: ValueForm.maximumBytes)
        reservation = try await bodies.budget.reserve(body.count)
        form = try await Blocking.run {
            try body.read { bytes in try ValueForm(bytes, boundary: boundary, hasAnnotation: hasAnnotation) }
        }
        self.body = body
    }

    /// Writes the value with the metadata and the annotation of the form.
    func write(
        as info: KeyInfo, in location: NamespaceLocation, _ workspace: Workspace, when condition: WriteCondition
    ) async throws -> WriteOutcome {
        defer { withExtendedLifetime(reservation) {} }
        var info = info
        info.metadata = form.metadata
        return try await workspace.writeValue(
            body.pieces(of: form.value), of: info, form.annotation ?? AnnotationChange(), in: location, when: condition)
    }
}
