/// The types as declarations of TypeScript.
enum DeclarationText {
    private static let head = """
        // The bodies of the API, written from the types of Sources/KVAPI by a test of Tests/KVAPITests, which fails on any difference.
        // Only the type checker reads this: no browser loads it.

        declare namespace API {

        """

    static func text(of bodies: [Shape]) -> String {
        var written: Set<String> = []
        var text = head
        for (name, members) in bodies.flatMap(\.objects) where written.insert(name).inserted {
            text += "\ttype \(name) = {\n"
            for member in members {
                text += "\t\t\(member.name)\(member.isOptional ? "?" : ""): \(type(member.shape))\n"
            }
            text += "\t}\n"
        }
        return text + "}\n"
    }

    private static func type(_ shape: Shape) -> String {
        switch shape {
        case .text, .vocabulary: "string"
        case .integer, .number: "number"
        case .boolean: "boolean"
        case .any: "unknown"
        case .choice(let texts): texts.sorted().map { "\"\($0)\"" }.joined(separator: " | ")
        case .list(.nullable(let element)): "(\(type(element)) | null)[]"
        case .list(let element): "\(type(element))[]"
        case .map(let value): "Record<string, \(type(value))>"
        case .nullable(let shape): "\(type(shape)) | null"
        case .object(let name, _): name
        case .either(let shapes): shapes.map(type).joined(separator: " | ")
        }
    }
}
