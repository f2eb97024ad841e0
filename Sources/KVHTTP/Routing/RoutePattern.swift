package import Hummingbird
import Synchronization

/// The addresses of a route: literal parts, named ones that stand for any one part, and at the end perhaps `**` for one
/// part or more.
package struct RoutePattern: Sendable {
    enum Part: Equatable, Sendable {
        case literal([UInt8])
        case named(String)
        case rest
    }

    let parts: [Part]
    /// Such as `/api/jobs/{job}`.
    package let text: String
    /// Unlike that of any other pattern in the process, and small: what belongs to a route is found by it without comparing text.
    package let number: Int
    private static let count = Atomic(0)

    package init(_ path: RouterPath) {
        parts = path.components.map(Part.init)
        text = path.description
        number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        precondition(!parts.dropLast().contains(.rest), "\(text): ** is the last part of a pattern")
    }

    /// What a path that fits has in the place of a name, still percent-encoded.
    package func part(_ name: String, of path: Substring) -> Substring? {
        guard let place = parts.firstIndex(of: .named(name)) else { return nil }
        var path = path
        let range = path.withUTF8 { bytes in
            var found = PathParts(bytes)
            for _ in 0..<place { _ = found.next() }
            return found.next()
        }
        return range.map { path.utf8Slice($0) }
    }
}

extension RoutePattern.Part {
    init(_ element: RouterPath.Element) {
        let text = element.description
        if text == "**" {
            self = .rest
        } else if text.hasPrefix("{"), text.hasSuffix("}") {
            self = .named(String(text.dropFirst().dropLast()))
        } else {
            precondition(!text.contains { "*{}".contains($0) }, "\(text): a part of a pattern is literal or a name")
            self = .literal(Array(text.utf8))
        }
    }
}

extension Substring {
    /// The text between two places counted in bytes.
    fileprivate func utf8Slice(_ range: Range<Int>) -> Substring {
        let start = utf8.index(startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}
