import Crypto
import HTTPTypes
import KVModel

extension HTTPFields {
    /// The ETag of an entry's value.
    init(etag: ETag?) {
        self.init()
        self[.eTag] = etag?.quoted
    }

    /// The ETag of an entry as JSON, which also has the annotation: a change of tags must not look like the same state.
    init(etag: ETag?, _ annotation: Annotation?) {
        self.init(etag: etag)
        guard let etag, let annotation, !annotation.isEmpty else { return }
        let digest = SHA256.hash(data: JSONWriter.object { $0.members(of: annotation) }).prefix(8)
        let text = digest.map { String($0, radix: 16) }.joined(separator: ".")
        self[.eTag] = "\"\(etag.text)\(ETag.annotationMark)\(text)\""
    }
}

extension ETag {
    fileprivate static let annotationMark: Character = "+"

    /// The ETag as headers have it.
    var quoted: String { "\"\(text)\"" }

    /// The state of the entry in an ETag of its value or of the entry as JSON, without the quotes. Writes are conditional on
    /// the entry alone.
    init(ofEntry text: Substring) {
        self.init(String(text.prefix { $0 != Self.annotationMark }))
    }
}
