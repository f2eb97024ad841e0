/// What a JSON value may be.
indirect enum Shape {
    case text, integer, number, boolean
    /// Any JSON value.
    case any
    /// One of these texts.
    case choice(Set<String>)
    case list(Shape)
    /// An object whose members have any names.
    case map(Shape)
    case nullable(Shape)
    case object(name: String, members: [Member])
    /// Of a schema alone: any of these.
    case either([Shape])
    /// Of a schema alone: a text of a vocabulary, to which newer versions add. Types have it as a text, or as a choice.
    case vocabulary(Set<String>)

    struct Member {
        var name: String
        var shape: Shape
        /// Whether it is left out where there is no value.
        var isOptional: Bool
    }

    /// The differences of a type from its schema, as sentences.
    static func differences(_ type: Shape, _ schema: Shape, at path: String) -> [String] {
        switch (type, schema) {
        case (.text, .text), (.integer, .integer), (.number, .number), (.boolean, .boolean), (.any, .any),
            (.text, .vocabulary):
            return []
        case (.choice(let choices), .choice(let others)), (.choice(let choices), .vocabulary(let others)):
            return choices == others
                ? [] : ["\(path): the type has \(choices.sorted()), the schema \(others.sorted())"]
        case (.list(let one), .list(let other)): return differences(one, other, at: "\(path)[]")
        case (.map(let one), .map(let other)): return differences(one, other, at: "\(path).*")
        case (.nullable(let one), .nullable(let other)): return differences(one, other, at: path)
        case (_, .either(let shapes)) where shapes.contains { differences(type, $0, at: path).isEmpty }: return []
        case (.object(_, let members), .object(_, let others)): return differences(members, others, at: path)
        default: return ["\(path): the type is \(type.words), the schema \(schema.words)"]
        }
    }

    private static func differences(_ type: [Member], _ schema: [Member], at path: String) -> [String] {
        let missing = Set(type.map(\.name)).symmetricDifference(schema.map(\.name)).sorted().map { name in
            "\(path).\(name): only the \(type.contains { $0.name == name } ? "type" : "schema") has it"
        }
        return missing
            + type.flatMap { member -> [String] in
                guard let other = schema.first(where: { $0.name == member.name }) else { return [] }
                let path = "\(path).\(member.name)"
                let presence =
                    member.isOptional == other.isOptional
                    ? [] : ["\(path): optional in the \(member.isOptional ? "type" : "schema") alone"]
                return presence + differences(member.shape, other.shape, at: path)
            }
    }

    private var words: String {
        switch self {
        case .text: "text"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .any: "any value"
        case .choice(let texts), .vocabulary(let texts): "one of \(texts.sorted())"
        case .list(let shape): "a list of \(shape.words)"
        case .map(let shape): "a map to \(shape.words)"
        case .nullable(let shape): "\(shape.words) or null"
        case .object(let name, let members): "the object \(name) {\(members.map(\.name).joined(separator: ", "))}"
        case .either(let shapes): shapes.map(\.words).joined(separator: " or ")
        }
    }

    /// The objects of which it consists, itself included.
    var objects: [(name: String, members: [Member])] {
        switch self {
        case .list(let shape), .map(let shape), .nullable(let shape): shape.objects
        case .either(let shapes): shapes.flatMap(\.objects)
        case .object(let name, let members): [(name, members)] + members.flatMap(\.shape.objects)
        default: []
        }
    }
}
