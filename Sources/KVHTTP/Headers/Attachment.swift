package import HTTPTypes
import KVModel

extension HTTPFields {
    /// Has browsers save the answer under a name (RFC 6266): as it is where they understand that, and in ASCII otherwise.
    ///
    /// - Parameters:
    ///   - name: A safe name, as `FileName` has them.
    ///   - word: Begins the ASCII name where the name begins with other characters.
    package mutating func setAttachment(_ name: String, else word: String) {
        let ascii = FileName.ascii(name, else: word)
        let exact = ascii == name ? "" : "; filename*=UTF-8''\(PercentCoding.encode(name))"
        self[.contentDisposition] = "attachment; filename=\"\(ascii)\"\(exact)"
    }
}
