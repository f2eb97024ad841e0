"""Requests in which one field is far too long, made from the description of an API (OpenAPI 3.1)."""
import json

LONG = 10_000_000
# As much as the parser of HTTP lets through.
MIDDLE = 60_000
MARK = "@huge@"

TEXT = b'"' + b"a" * LONG + b'"'
DIGITS = b"1" * (LONG // 10)
NESTED = b"[" * (LONG // 10)
MANY = b"[" + b'"a",' * (LONG // 10) + b'"b"]'


class Description:
    """Operations, and bodies that are valid but for one field."""

    def __init__(self, document, values):
        """`values`: what stands for required texts, by the names of their fields."""
        self.document, self.values = document, values

    def operations(self):
        """(method, path, operation) with the parameters of the path among those of the operation."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield method.upper(), path, {
                        **operation,
                        "parameters": [self.resolve(p) for p in item.get("parameters", []) + operation.get("parameters", [])]}

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def alternatives(self, schema):
        """A schema without references and choices: as many as there are choices."""
        schema = self.resolve(schema)
        choices = [choice for choice in schema.get("oneOf", []) if "$ref" in choice or "properties" in choice or "type" in choice]
        if not choices:
            return [schema]
        return [each for choice in choices for each in self.alternatives(choice)]

    def sample(self, schema, name=""):
        """Something small that the schema allows."""
        schema = self.alternatives(schema)[0]
        if "const" in schema or "enum" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            required = set(schema.get("required", [])) | {n for each in schema.get("oneOf", [])[:1] for n in each.get("required", [])}
            return {n: self.sample(s, n) for n, s in schema.get("properties", {}).items() if n in required}
        return {"array": ["a"], "string": self.values.get(name, "a"), "integer": 100, "boolean": True}[kind]

    def bodies(self, schema, name=""):
        """(field, body) for each field at any depth, with a mark in its place."""
        for each in self.alternatives(schema):
            kind = each.get("type")
            if kind == "object" or "properties" in each:
                whole = self.sample(each)
                yield f"{name}{{}}", {**whole, MARK: 1}
                for field, inner in each.get("properties", {}).items():
                    yield from ((f"{name}.{path}", {**whole, field: body}) for path, body in self.bodies(inner, field))
            elif kind == "array":
                yield name, MARK
                yield from ((f"{path}[]", [body]) for path, body in self.bodies(each["items"], name))
            else:
                yield name, MARK


def filled(body, with_bytes):
    """The JSON of a body, with these bytes where the mark is; they are a name where that is one."""
    text = json.dumps(body).encode()
    name = f'"{MARK}":'.encode()
    if name in text:
        return text.replace(name, TEXT + b":")
    return text.replace(f'"{MARK}"'.encode(), with_bytes)
