import AsyncHTTPClient
import KVTLS
import NIOCore
import NIOPosix
import NIOSSL

/// Texts of a remote store, limited to what may be repeated. A store may echo anything that it was sent: keys, values, the token.
enum RemoteText {
    private static let maximumCharacters = 200

    /// A message for the caller of the request that it is about: without the token, and cut. It does not go into the log.
    static func message(_ text: String, without token: CloudflareToken?) -> String {
        let safe = token.map { text.replacing($0.secret, with: "\($0)") } ?? text
        return safe.count > maximumCharacters ? safe.prefix(maximumCharacters) + "…" : safe
    }

    /// An answer's error for the log: its status and code alone.
    static func cause(_ call: Call, _ answer: Answer) -> String {
        "\(call): status \(answer.status), code \(answer.firstError.map { "\($0.code)" } ?? "-")"
    }

    /// The error of a connection for the log. Errors of protocols hold parts of what the store sent: of those, the type alone.
    static func cause(_ error: any Error) -> String {
        switch error {
        case is HTTPClientError, is NIOConnectionError, is IOError, is ChannelError, is NIOSSLError,
            is NIOSSLExtraError,
            is WrongServiceIdentity:
            message("\(error)", without: nil)
        default: "\(type(of: error))"
        }
    }
}
