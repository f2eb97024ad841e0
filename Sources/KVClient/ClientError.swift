package import AsyncHTTPClient
import Foundation
import KVAPI
import KVModel
import NIOCore
import NIOHTTP1

/// What went wrong on this side, while a request was sent: it is told as it is.
package protocol LocalFailure: Error {}

/// What kept a request from its success: an answer that refuses it, or none at all.
package struct ClientError: Error, Sendable {
    package enum Kind: Hashable, Sendable {
        /// There is no server at such an address, for it is none.
        case noAddress
        /// No answer came.
        case unreachable
        /// The server's answer has this status.
        case refused(Int)
        /// An answer that is none of KV Manager's.
        case notUnderstood
        /// An answer where a WebSocket was asked for.
        case notUpgraded
    }

    package var kind: Kind
    /// The stable code of the problem; empty where there is none.
    package var code = ""
    /// What happened, to what, and what to do.
    package var detail: String
    /// By which the server's log names the request.
    package var requestID: String?

    package init(_ kind: Kind, code: String = "", _ detail: String) {
        self.kind = kind
        self.code = code
        self.detail = detail
    }

    private static let most = 1 << 20

    package init(_ response: HTTPClientResponse, _ address: String) async {
        let status = Int(response.status.code)
        kind = .refused(status)
        requestID = response.headers.first(name: "X-Request-Id")
        let body = try? await response.body.collect(upTo: Self.most)
        let problem = body.flatMap { try? JSONDecoder().decode(API.Problem.self, from: Data($0.readableBytesView)) }
        code = problem?.code ?? ""
        detail =
            problem?.detail
            ?? (status == 401
                ? "\(address) requires sign-in, which a proxy in front of KV Manager does; set KV_MANAGER_SERVER_HEADERS to the headers that it accepts."
                : "\(address) answered \(status) \(response.status.reasonPhrase), which KV Manager does not; is it the right address?")
    }
}
