import Foundation
import KVModel

extension JSONWriter {
    mutating func key(_ info: KeyInfo, _ annotation: Annotation?) {
        object { json in
            json.key(members: info)
            json.members(of: annotation)
        }
    }

    /// Of what there is.
    mutating func members(of annotation: Annotation?) {
        guard let annotation else { return }
        if !annotation.tags.isEmpty {
            name("tags")
            array(annotation.tags) { json, tag in json.string(tag) }
        }
        if let color = annotation.color { member("color", color.rawValue) }
        if let metadata = annotation.customMetadata {
            name("customMetadata")
            raw(metadata.json)
        }
    }

    private mutating func key(members info: KeyInfo) {
        name("name")
        string(utf8: info.key.bytes)
        details(of: info)
    }

    /// An entry that has been written.
    static func written(_ info: KeyInfo) -> [UInt8] {
        object { json in
            json.key(members: info)
            json.member("etag", orNull: info.etag?.text)
        }
    }

    mutating func folder(_ folder: Folder) {
        object { json in
            json.name("prefix")
            json.string(utf8: folder.prefix.bytes)
            if let keyCount = folder.keyCount { json.member("keyCount", keyCount) }
        }
    }

    /// The value as text if it is UTF-8, otherwise as base64.
    mutating func entry(_ info: KeyInfo, _ value: [UInt8], _ annotation: Annotation?) {
        object { json in
            json.name("name")
            json.string(utf8: info.key.bytes)
            if value.isValidUTF8 {
                json.name("value")
                json.string(utf8: value)
            } else {
                json.member("valueBase64", Data(value).base64EncodedString())
            }
            json.members(behindValueOf: info, annotation)
        }
    }

    /// An entry with an empty value, and the position at which the value's text belongs.
    static func entry(
        _ info: KeyInfo, isText: Bool, _ annotation: Annotation?
    ) -> (json: [UInt8], valuePosition: Int) {
        var position = 0
        let json = object { json in
            json.name("name")
            json.string(utf8: info.key.bytes)
            if isText { json.member("value", "") } else { json.member("valueBase64", "") }
            position = json.bytes.count - 1
            json.members(behindValueOf: info, annotation)
        }
        return (json, position)
    }

    private mutating func members(behindValueOf info: KeyInfo, _ annotation: Annotation?) {
        details(of: info)
        members(of: annotation)
        member("etag", orNull: info.etag?.text)
    }

    private mutating func details(of info: KeyInfo) {
        if let size = info.size { member("size", size) }
        if let expiration = info.expiration { member("expiration", expiration.seconds) }
        if let metadata = info.metadata {
            name("metadata")
            raw(metadata.json)
        }
    }
}
