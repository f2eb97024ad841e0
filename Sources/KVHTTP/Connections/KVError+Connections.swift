import HTTPTypes
import HummingbirdCore
package import KVModel
import NIOCore
import NIOHTTP1
import NIOSSL

extension Error {
    /// Whether the client ended the connection within its request. The server answers that, if the client still reads.
    package var isBrokenConnection: Bool {
        self is HTTPParserError || self is IOError || self is ChannelError || self is NIOSSLError
            || self is BoringSSLError
    }
}

extension KVError {
    package init(_ fault: ConnectionFault) {
        switch fault {
        case .bodyTooSlow:
            self.init(
                .bodyTooSlow,
                "The body comes too slowly: send at least \(ConnectionTiming.leastBodyRate) bytes a second.")
        case .tooManyBodies:
            self.init(.serverBusy, "Your address sends too many bodies at the same time; let some of them end first.")
        case .malformedBody:
            self.init(.invalidRequest, "The body is not framed as HTTP/1.1 demands; check its chunks.")
        }
    }

    /// The reason why a request is refused whose head could not be understood.
    package init(refusing error: any Error) {
        switch error {
        case MessageRules.Refusal.unknownTransferCoding:
            self.init(.notSupported, "The only Transfer-Encoding that is understood here is \"chunked\".")
        case MessageRules.Refusal.malformedTransferCoding:
            self.init(
                .invalidRequest, "The Transfer-Encoding is invalid: use \"chunked\", once and last, with HTTP/1.1.")
        case MessageRules.Refusal.targetWithoutHost:
            self.init(
                .invalidRequest, "The address in the request has no host: write it as http://HOST/path, or as /path.")
        case let error as HTTPParserError:
            self.init(.invalidRequest, "The request is not valid HTTP/1.1 (\(error)).")
        default:
            self.init(.invalidRequest, "The request is not valid HTTP/1.1.")
        }
    }
}
