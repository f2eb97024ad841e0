package import Hummingbird
package import KVModel
package import NIOCore

/// A request context that has the connection of its request.
package protocol ConnectionContext: RequestContext where Source == ApplicationRequestContextSource {
    var channel: any Channel { get }
}

/// A request context that a ``RouteTable`` fills in.
package protocol RoutedContext: ConnectionContext {
    /// A right that a route needs.
    associatedtype Permission: Sendable

    /// The base path of the server.
    var base: BasePath { get set }
    /// The path below the base path, still percent-encoded; `/` for a path that is not below it.
    var path: Substring { get set }
    /// The pattern of the route that answers; nil if there is none.
    var pattern: RoutePattern? { get set }
    /// Throws unless the caller has the permission.
    func require(_ permission: Permission) throws
}

extension RoutedContext {
    /// Returns a part of the path that the pattern names, percent-decoded once.
    @inlinable package func part(_ name: String) throws(KVError) -> String {
        try Self.decoded(pattern?.part(name, of: path))
    }

    @inlinable package static func decoded(_ raw: Substring?) throws(KVError) -> String {
        guard let bytes = raw.flatMap({ PercentCoding.decode($0) }), bytes.isValidUTF8 else {
            throw KVError(.invalidRequest, "A part of the address is not percent-encoded UTF-8.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
