import Foundation
import WebFiles

/// The description of the API as the server serves it.
struct OpenAPIDocument {
    /// A fault of the document that keeps it from being read.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    typealias Schema = [String: Any]

    let schemas: [String: Schema]
    private let paths: Schema

    init() throws {
        let file = openapi_document()
        let root = try JSONSerialization.jsonObject(with: Data(bytes: file.bytes, count: file.size)) as? Schema
        guard let root, let paths = root["paths"] as? Schema,
            let components = root["components"] as? Schema,
            let schemas = components["schemas"] as? [String: Schema]
        else { throw Fault(description: "The document has no paths or no schemas.") }
        self.schemas = schemas
        self.paths = paths
    }

    /// The shape of the schema of this name.
    func shape(named name: String) throws -> Shape {
        guard let schema = schemas[name] else { throw Fault(description: "There is no schema \(name).") }
        return try shape(of: schema, named: name)
    }

    /// The vocabularies: schemas of texts that are one of a list.
    var vocabularies: [String: Set<String>] {
        schemas.compactMapValues { ($0["enum"] as? [String]).map { Set($0) } }
    }

    /// The schemas of JSON bodies that are written within a path rather than among the components.
    var unnamedBodies: [String] {
        paths.flatMap { path, methods in
            (methods as? [String: Any] ?? [:]).flatMap { method, operation -> [String] in
                guard let operation = operation as? Schema else { return [] }
                let answers = (operation["responses"] as? [String: Schema] ?? [:]).map(\.value)
                let request = (operation["requestBody"] as? Schema).map { [$0] } ?? []
                return (answers + request).compactMap { body in
                    let content = body["content"] as? [String: Schema]
                    let schema = content?["application/json"]?["schema"] as? Schema
                    return schema?["properties"] == nil ? nil : "\(method) \(path)"
                }
            }
        }
    }

    /// The names of schemas that are alternatives of another one: no body is one of them alone.
    var alternatives: Set<String> {
        Set(
            schemas.values.flatMap { schema in
                (schema["oneOf"] as? [Schema] ?? []).compactMap { ($0["$ref"] as? String).map(Self.name) }
            })
    }

    private static func name(_ reference: String) -> String {
        String(reference.split(separator: "/").last ?? "")
    }

    private func shape(of schema: Schema, named name: String) throws -> Shape {
        if let reference = schema["$ref"] as? String {
            let name = Self.name(reference)
            if let vocabulary = vocabularies[name] { return .vocabulary(vocabulary) }
            return try shape(named: name)
        }
        if let parts = schema["allOf"] as? [Schema] {
            return .object(name: name, members: try merged(parts.map { try members(of: $0) }, all: true))
        }
        if let choices = (schema["oneOf"] ?? schema["anyOf"]) as? [Schema], schema["properties"] == nil {
            return try shape(ofChoices: choices, named: name)
        }
        if let texts = schema["enum"] as? [String] { return .choice(Set(texts)) }
        switch schema["const"] {
        case is Bool: return .boolean
        case is String: return .text
        default: break
        }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        let shapes = try types.filter { $0 != "null" }.map { try shape(ofType: $0, schema, named: name) }
        guard let first = shapes.first else { return .any }
        let plain = shapes.count == 1 ? first : .either(shapes)
        return types.contains("null") ? .nullable(plain) : plain
    }

    private func shape(ofType type: String, _ schema: Schema, named name: String) throws -> Shape {
        switch type {
        case "string": return .text
        case "integer": return .integer
        case "number": return .number
        case "boolean": return .boolean
        case "array": return .list(try shape(of: schema["items"] as? Schema ?? [:], named: ""))
        case "object":
            if let values = schema["additionalProperties"] as? Schema { return .map(try shape(of: values, named: "")) }
            return .object(name: name, members: try members(of: schema))
        default: throw Fault(description: "The type \(type) of \(name) is not one of JSON.")
        }
    }

    /// Of objects, one with the members of all.
    private func shape(ofChoices choices: [Schema], named name: String) throws -> Shape {
        let values = choices.filter { $0["type"] as? String != "null" }
        let shapes = try values.map { try shape(of: $0, named: name) }
        let objects = shapes.compactMap { shape -> [Shape.Member]? in
            if case .object(_, let members) = shape { members } else { nil }
        }
        let plain: Shape =
            if shapes.count == 1 {
                shapes[0]
            } else if objects.count == shapes.count {
                .object(name: name, members: try merged(objects, all: false))
            } else {
                .either(shapes)
            }
        return values.count < choices.count ? .nullable(plain) : plain
    }

    private func members(of schema: Schema) throws -> [Shape.Member] {
        if let reference = schema["$ref"] as? String,
            case .object(_, let members) = try shape(of: schema, named: reference)
        {
            return members
        }
        let required = Set(schema["required"] as? [String] ?? [])
        return try (schema["properties"] as? [String: Schema] ?? [:]).map { name, value in
            Shape.Member(name: name, shape: try shape(of: value, named: ""), isOptional: !required.contains(name))
        }
    }

    /// The members of several objects.
    ///
    /// - Parameter all: Whether a value is all of these objects, rather than one of them.
    private func merged(_ objects: [[Shape.Member]], all: Bool) throws -> [Shape.Member] {
        var found: [Shape.Member] = []
        for member in objects.joined() {
            let others = objects.compactMap { $0.first { $0.name == member.name } }
            let isRequired =
                all
                ? others.contains { !$0.isOptional }
                : others.count == objects.count && others.allSatisfy { !$0.isOptional }
            guard let index = found.firstIndex(where: { $0.name == member.name }) else {
                found.append(Shape.Member(name: member.name, shape: member.shape, isOptional: !isRequired))
                continue
            }
            found[index].shape = try Self.union(found[index].shape, member.shape, member.name)
        }
        return found
    }

    private static func union(_ one: Shape, _ other: Shape, _ name: String) throws -> Shape {
        switch (one, other) {
        case (.choice(let some), .choice(let others)): .choice(some.union(others))
        case (.text, .choice), (.choice, .text): .text
        default: one
        }
    }
}
