import Crypto
import HTTPTypes
import Hummingbird
import KVModel
import Synchronization

/// Finds out who sent a request.
///
/// One for each listener: a listener for commands accepts the command key alone.
struct Authenticator: Sendable {
    private static let commandKeyName = HTTPField.Name("X-Command-Key")

    private let caller: Principal
    private let commandKey: CommandKey?
    private let gatewayTokens: CurrentGatewayTokens

    /// - Parameters:
    ///   - caller: The principal of requests that need no sign-in.
    ///   - commandKey: Requests must present this key; nil: no sign-in is required.
    init(caller: Principal = .local, commandKey: CommandKey? = nil, gatewayTokens: CurrentGatewayTokens) {
        self.caller = caller
        self.commandKey = commandKey
        self.gatewayTokens = gatewayTokens
    }

    /// Throws `forbidden` where a command key is needed and the request presents another one, or none.
    func principal(of request: Request) throws(KVError) -> Principal {
        guard let commandKey else { return caller }
        guard commandKey.matches(Self.commandKeyName.flatMap { request.headers[$0] }) else {
            throw KVError(
                .forbidden,
                "This server works for commands that know its key; speak to one at its own address, or start one.")
        }
        return .commandLine
    }

    /// Returns the client of the gateway. Throws the hosted service's answer to clients that it does not know.
    ///
    /// - Parameter principal: The principal of the request, which the gateway accepts while it has no tokens.
    func gatewayClient(of request: Request, otherwise principal: Principal) throws(CloudflareError) -> GatewayClient {
        try gatewayTokens.current.client(request.headers, otherwise: principal)
    }
}

/// The tokens that the gateway accepts at the moment.
final class CurrentGatewayTokens: Sendable {
    private let tokens: Mutex<GatewayTokens>

    init(_ tokens: GatewayTokens) {
        self.tokens = Mutex(tokens)
    }

    var current: GatewayTokens { tokens.withLock(\.self) }

    func replace(by tokens: GatewayTokens) {
        self.tokens.withLock { $0 = tokens }
    }
}
