import Foundation
import KVModel

extension JSONWriter {
    mutating func namespace(_ namespace: Namespace) {
        object { json in
            json.member("id", namespace.id.text)
            json.member("title", namespace.title)
            if let keyCount = namespace.keyCount { json.member("keyCount", keyCount) }
            if let valueBytes = namespace.valueBytes { json.member("valueBytes", valueBytes) }
            if let createdAt = namespace.createdAt { json.member("createdAt", time: createdAt) }
            if let changedAt = namespace.changedAt { json.member("changedAt", time: changedAt) }
            json.member("protected", namespace.isProtected)
        }
    }

    mutating func key(_ info: KeyInfo, _ annotation: Annotation?) {
        object { json in
            json.key(members: info)
            json.members(of: annotation)
        }
    }

    /// Of what there is.
    private mutating func members(of annotation: Annotation?) {
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

    mutating func key(members info: KeyInfo) {
        name("name")
        string(utf8: info.key.bytes)
        details(of: info)
    }

    mutating func folder(_ folder: Folder) {
        object { json in
            json.name("prefix")
            json.string(utf8: folder.prefix.bytes)
            if let keyCount = folder.keyCount { json.member("keyCount", keyCount) }
        }
    }

    /// The value as text where it is text, else as base64.
    mutating func entry(_ entry: Entry, etag: ETag?, _ annotation: Annotation?) {
        object { json in
            json.name("name")
            json.string(utf8: entry.key.bytes)
            if entry.value.isValidUTF8 {
                json.name("value")
                json.string(utf8: entry.value)
            } else {
                json.member("valueBase64", Data(entry.value).base64EncodedString())
            }
            json.details(
                of: KeyInfo(
                    key: entry.key, size: entry.value.count, metadata: entry.metadata, expiration: entry.expiration))
            json.members(of: annotation)
            json.member("etag", orNull: etag?.text)
        }
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
