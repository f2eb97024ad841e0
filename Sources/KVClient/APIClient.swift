package import AsyncHTTPClient
import Foundation
import KVModel
import KVProxy
import KVTLS
import NIOCore
package import NIOHTTP1
import NIOPosix
import NIOSSL

/// Speaks KV Manager's API with a server. Throws `ClientError` for every answer that is no success.
package struct APIClient: Sendable {
    /// The most that an answer of JSON has: a value of 25 MiB, and room for escapes in it.
    private static let answerLimit = 176 << 20

    /// Such as `http://127.0.0.1:8787`, without a slash at its end.
    package let address: String
    private let http: HTTPClient
    let tls: TLSConfiguration
    /// Nil: the server is connected to directly.
    let proxy: ForwardProxy?
    /// What every request carries.
    let headers: HTTPHeaders

    /// Throws where the address, or a variable that names a proxy for it, is invalid.
    ///
    /// - Parameter environment: Returns the text of a variable. The variables name the proxy for the server.
    package init(
        _ address: String, headers: HTTPHeaders = [:], trusting trusted: TrustedCertificates? = nil,
        environment: (String) -> String? = { _ in nil }
    ) throws(ClientError) {
        let url = try Self.url(address)
        do throws(KVError) {
            proxy = try ForwardProxy.proxy(for: url, environment)
        } catch {
            throw ClientError(.noAddress, error.detail)
        }
        self.address = url.absoluteString
        self.headers = headers
        tls = .trusting(trusted)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(90)),
            decompression: .disabled)
        if url.scheme == "https" { configuration.require(ServiceIdentity(host: url.host ?? "")) }
        configuration.proxy = proxy?.configuration
        // A server that refuses connections is reported at once. By default the library tries for the whole 10 seconds.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }

    /// Returns a server's address in full: `127.0.0.1:8787` is `http://127.0.0.1:8787`. Throws where it is not an address.
    package static func address(_ text: String) throws(ClientError) -> String { try url(text).absoluteString }

    private static func url(_ text: String) throws(ClientError) -> URL {
        let hasScheme = text.contains("://")
        let full = (hasScheme ? "" : "http://") + (text.hasSuffix("/") ? String(text.dropLast()) : text)
        guard let url = URL(string: full), ["http", "https"].contains(url.scheme), let host = url.host, !host.isEmpty,
            url.query == nil, url.fragment == nil, url.user == nil
        else {
            // It may hold a password, and is not repeated.
            throw ClientError(
                .noAddress,
                "Invalid address of a server: use one such as http://127.0.0.1:8787, without a user, a query or a fragment."
            )
        }
        // What is sent to another machine, such as the headers for a proxy, is not sent unencrypted unless that is asked for.
        guard hasScheme || isThisMachine(host) else {
            throw ClientError(
                .noAddress,
                "Invalid address of a server, \(quoting: text): it has no scheme. Use https://\(text) or http://\(text)."
            )
        }
        return url
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost")
            || host.wholeMatch(of: /127(\.[0-9]{1,3}){3}|\[?::1\]?/) != nil
    }

    package func shutdown() async throws { try await http.shutdown() }

    /// Whether the address is one of this machine's loopback.
    package var isThisMachine: Bool { URL(string: address)?.host.map(Self.isThisMachine) ?? false }

    /// - Parameter path: Begins with a slash; percent-encoded.
    package func send(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: HTTPClientRequest.Body? = nil
    ) async throws -> HTTPClientResponse {
        let response = try await exchange(method, path, headers: headers, body: body)
        guard (200..<300).contains(response.status.code) else { throw await ClientError(response, address) }
        return response
    }

    /// Returns the answer, whatever its status. Throws `ClientError` only where no answer comes.
    package func exchange(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: HTTPClientRequest.Body? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers = headers
        request.headers.add(contentsOf: self.headers)
        request.body = body
        do {
            return try await http.execute(request, deadline: .distantFuture)
        } catch let error where error is CancellationError || error is any LocalFailure {
            throw error
        } catch {
            throw unreachable(error)
        }
    }

    func unreachable(_ error: any Error) -> ClientError {
        let reason = proxy?.explanation(of: error, server: URL(string: address)?.host ?? "")
        return ClientError(.unreachable, reason ?? "\(address) cannot be reached: \(Self.words(error)).")
    }

    /// What an answer or a page of the server names from the root on, as `send` takes it; nil where that lies outside of the
    /// address.
    package func path(of link: String) -> String? {
        let base = URL(string: address)?.path(percentEncoded: true) ?? ""
        return link.hasPrefix("\(base)/") ? String(link.dropFirst(base.count)) : nil
    }

    package func get<Body>(_ path: String, as type: Body.Type) async throws -> APIAnswer<Body> {
        try await answer(send(.GET, path))
    }

    /// Sends a body as JSON; nil sends none.
    package func send<Body>(
        _ method: HTTPMethod, _ path: String, json body: (any Encodable)?, headers: HTTPHeaders = [:],
        for type: Body.Type
    ) async throws -> APIAnswer<Body> {
        guard let body else { return try await answer(send(method, path, headers: headers)) }
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: "application/json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return try await answer(send(method, path, headers: headers, body: .bytes(encoder.encode(body))))
    }

    /// Sends a file as it is.
    package func send<Body>(
        _ method: HTTPMethod, _ path: String, file: HTTPClientRequest.Body, for type: Body.Type
    ) async throws -> APIAnswer<Body> {
        try await answer(send(method, path, headers: ["Content-Type": "application/octet-stream"], body: file))
    }

    package func delete(_ path: String) async throws { _ = try await send(.DELETE, path) }

    /// Calls `body` with each item of a list, page after page, in the server's order, until there are no more or `limit` have
    /// come.
    ///
    /// - Parameter list: The member of a page that holds its items.
    package func each<Item>(
        of list: String, at path: String, _ query: QueryParameters = QueryParameters(), limit: Int = .max,
        as type: Item.Type, _ body: (APIAnswer<Item>) async throws -> Void
    ) async throws {
        var left = limit
        var cursor: String?
        repeat {
            var page = query
            page.add("limit", String(min(left, 1_000)))
            page.add("cursor", cursor)
            let answer = try await json(send(.GET, path + page.text))
            for item in answer[list]?.elements ?? [] { try await body(decoded(item)) }
            left -= min(left, 1_000)
            let next = answer["cursor"]?.text
            guard next == nil || next != cursor else {
                throw ClientError(.notUnderstood, "\(address) lists the same page again and again.")
            }
            cursor = next
        } while cursor != nil && left > 0
    }

    private func answer<Body>(_ response: HTTPClientResponse) async throws -> APIAnswer<Body> {
        try await decoded(json(response))
    }

    private func decoded<Body>(_ node: JSONNode) throws -> APIAnswer<Body> {
        do {
            return try APIAnswer(node)
        } catch {
            throw ClientError(
                .notUnderstood,
                "\(address) returned an answer that this version of kv-manager does not understand. If the address is right, use the version of the server."
            )
        }
    }

    private func json(_ response: HTTPClientResponse) async throws -> JSONNode {
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: Self.answerLimit)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ClientError(.unreachable, "The answer of \(address) broke off: \(Self.words(error)).")
        }
        do {
            return try JSONNode(Array(buffer: body))
        } catch {
            throw ClientError(.notUnderstood, "\(address) answered what is no JSON; is it the right address?")
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: "\(error.shortDescription.lowercased())"
        case let error as NIOConnectionError where error.connectionErrors.isEmpty: "its name is not known"
        case is NIOConnectionError: "nothing listens there"
        case NIOSSLError.handshakeFailed:
            "no TLS comes about; is its certificate one that this machine trusts? Else name its issuer's by --ca-cert"
        case is NIOSSLExtraError, is WrongServiceIdentity: "its certificate is for another name"
        case let error as IOError where error.errnoCode == ECONNREFUSED: "nothing listens there"
        default: "\(error)"
        }
    }
}
