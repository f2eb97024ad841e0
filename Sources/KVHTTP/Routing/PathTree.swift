/// Values at patterns of paths, found by comparing bytes: nothing is decoded and nothing allocated.
///
/// Where several patterns fit, a literal part counts before a named one, and that before `**`.
struct PathTree<Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var value: Value?
        var literals: [(text: [UInt8], node: Int)] = []
        var named: Int?
        /// What `**` leads to.
        var rest: Value?
    }

    private var nodes = [Node()]

    /// Each place has one value.
    mutating func set(_ value: Value, at pattern: RoutePattern) {
        var node = 0
        for part in pattern.parts {
            switch part {
            case .literal(let text): node = literal(text, below: node)
            case .named: node = named(below: node)
            case .rest:
                precondition(nodes[node].rest == nil, "\(pattern.text) is defined twice")
                nodes[node].rest = value
                return
            }
        }
        precondition(nodes[node].value == nil, "\(pattern.text) is defined twice")
        nodes[node].value = value
    }

    private mutating func literal(_ text: [UInt8], below node: Int) -> Int {
        if let known = nodes[node].literals.first(where: { $0.text == text }) { return known.node }
        nodes.append(Node())
        nodes[node].literals.append((text, nodes.count - 1))
        return nodes.count - 1
    }

    private mutating func named(below node: Int) -> Int {
        if let known = nodes[node].named { return known }
        nodes.append(Node())
        nodes[node].named = nodes.count - 1
        return nodes.count - 1
    }

    func value(at path: Substring) -> Value? {
        var path = path
        return path.withUTF8 { bytes in value(in: bytes, behind: PathParts(bytes), below: 0) }
    }

    private func value(in path: UnsafeBufferPointer<UInt8>, behind parts: PathParts, below node: Int) -> Value? {
        var parts = parts
        guard let range = parts.next() else { return nodes[node].value }
        let part = UnsafeBufferPointer(rebasing: path[range])
        if let literal = nodes[node].literals.first(where: { part.elementsEqual($0.text) }),
            let found = value(in: path, behind: parts, below: literal.node)
        {
            return found
        }
        if let named = nodes[node].named, let found = value(in: path, behind: parts, below: named) { return found }
        return nodes[node].rest
    }
}
