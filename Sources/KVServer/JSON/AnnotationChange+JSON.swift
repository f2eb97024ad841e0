import KVJobs
import KVModel

extension AnnotationChange {
    /// Reads the text of a header or of a part of a form: an object with the same members as an entry has.
    init(json: [UInt8]) throws {
        self.init()
        do {
            try JSONObject.read(json) { name, scanner in try read(name, &scanner) }
        } catch let error as KVError where error.code == .invalidRequest {
            throw KVError(.invalidRequest, "Invalid annotation: \(error.detail)")
        }
    }

    /// Reads the member of an object if it is about an annotation.
    mutating func read(_ name: String, _ scanner: inout JSONScanner) throws -> Bool {
        switch name {
        case "tags" where !scanner.takeNull(): tags = try Tags.checked(scanner.tags())
        case "tags": break
        case "color": color = try scanner.color()
        case "customMetadata": customMetadata = .some(try scanner.metadata())
        default: return false
        }
        return true
    }
}
