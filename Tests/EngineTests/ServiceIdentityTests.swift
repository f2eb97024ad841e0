import CloudflareEngine
import Foundation
import KVAPI
import KVClient
import KVHTTP
import KVModel
import KVProxy
import KVTLS
import Logging
import NIOSSL
import SQLiteEngine
import Subprocess
import TestSupport
import Testing

@Suite("The name in a server's certificate", .enabled(if: Certificates.canBeMade))
struct ServiceIdentityTests {
    /// The names in a certificate, the host of a URL, and whether the certificate is for it.
    private static let cases: [(names: String, host: String, isRight: Bool)] = [
        ("IP:127.0.0.1", "127.0.0.1", true), ("IP:127.0.0.1", "localhost", false), ("IP:127.0.0.1", "127.0.0.2", false),
        ("DNS:localhost", "localhost", true), ("DNS:localhost", "127.0.0.1", false),
        ("DNS:localhost", "LOCALHOST.", true), ("DNS:127.0.0.1", "127.0.0.1", false),
        ("IP:::1", "[::1]", true), ("IP:::1", "::1", true), ("IP:127.0.0.1", "::ffff:127.0.0.1", false),
        ("DNS:*.example.com", "kv.example.com", true), ("DNS:*.example.com", "example.com", false),
        ("DNS:*.example.com", "a.b.example.com", false), ("DNS:*.example.com", ".example.com", false),
        ("DNS:k*.example.com", "kv.example.com", false), ("DNS:*", "localhost", false),
        ("DNS:a.example.com,DNS:b.example.com,IP:10.0.0.1", "b.example.com", true),
        ("email:a@example.com,URI:https://example.com", "example.com", false),
    ]

    @Test("is compared with the host of the URL, names with names and addresses with addresses", arguments: cases)
    func matching(names: String, host: String, isRight: Bool) async throws {
        let certificates = try await Certificates(names)
        let certificate = try #require(try NIOSSLCertificate.fromPEMFile(certificates.files.certificate).first)
        #expect(ServiceIdentity(host: host).matches(certificate) == isRight)
    }

    private static let servers = [
        ("IP:127.0.0.1", "127.0.0.1", "localhost"), ("DNS:localhost", "localhost", "127.0.0.1"),
    ]

    @Test("keeps the Cloudflare engine from sending its token to another host", arguments: servers)
    func engine(names: String, right: String, wrong: String) async throws {
        let certificates = try await Certificates(names)
        let served = try await certificates.serve()
        #expect(try await namespaces(at: "\(right):\(served.port)", certificates) == ["served"])
        await #expect {
            _ = try await namespaces(at: "\(wrong):\(served.port)", certificates)
        } throws: { error in
            isRefused(error)
        }
    }

    @Test("is compared within the tunnel of a proxy", arguments: ["kv.example.com", "other.example.com"])
    func tunnel(name: String) async throws {
        let certificates = try await Certificates("DNS:\(name)")
        let served = try await certificates.serve()
        let proxy = try await ConnectProxy(to: served.port)
        defer { withExtendedLifetime((served, proxy)) {} }
        let url = try #require(URL(string: "https://kv.example.com"))
        let forward = try ForwardProxy.proxy(for: url) { $0 == "https_proxy" ? proxy.address : nil }
        if name == "kv.example.com" {
            #expect(try await namespaces(at: "kv.example.com", certificates, through: forward) == ["served"])
        } else {
            await #expect {
                _ = try await namespaces(at: "kv.example.com", certificates, through: forward)
            } throws: { error in
                isRefused(error)
            }
        }
    }

    private func isRefused(_ error: any Error) -> Bool {
        let error = error as? KVError
        // Some of the certificates are refused by the library itself.
        let reasons = ["another name", "failedToValidateHostname"]
        return error?.code == .storeUnavailable && reasons.contains { error?.cause?.contains($0) ?? false }
    }

    private func namespaces(
        at authority: String, _ certificates: Certificates, through proxy: ForwardProxy? = nil
    ) async throws -> [String] {
        let account = CloudflareAccount(
            id: "local", token: CloudflareToken("any"), baseURL: "https://\(authority)/client/v4", proxy: proxy)
        let engine = CloudflareEngine(account, trusting: .file(certificates.files.certificate), clock: .at(0))
        // One attempt: the list of namespaces would try again for seconds.
        try await engine.checkReachable()
        return try await engine.namespaces(matching: "", from: nil, limit: 10).items.map(\.title)
    }

    @Test("keeps commands from sending their headers to another host", arguments: servers)
    func commands(names: String, right: String, wrong: String) async throws {
        let certificates = try await Certificates(names)
        let served = try await certificates.serve()
        let trusted = try #require(TrustedCertificates(file: certificates.files.certificate))
        try await withClient(of: right, served, trusted) { client in
            _ = try await client.get("/api/stores", as: API.StoreList.self)
            _ = try await client.listen(at: "/api/jobs/none/progress", within: 20)
        } failing: { error in
            // The handshake of the WebSocket was answered: there is no such job.
            error.kind == .notUpgraded
        }
        try await withClient(of: wrong, served, trusted) { client in
            _ = try await client.get("/api/stores", as: API.StoreList.self)
        } failing: { error in
            error.detail.contains("its certificate is for another name")
        }
        try await withClient(of: wrong, served, trusted) { client in
            _ = try await client.listen(at: "/api/jobs/none/progress", within: 20)
        } failing: { error in
            error.kind == .unreachable
        }
    }

    private func withClient(
        of host: String, _ served: ServedStore, _ trusted: TrustedCertificates,
        _ work: (APIClient) async throws -> Void,
        failing isExpected: (ClientError) -> Bool
    ) async throws {
        let client = try APIClient("https://\(host):\(served.port)", trusting: trusted)
        let error = await #expect(throws: ClientError.self) { try await work(client) }
        try await client.shutdown()
        if let error { #expect(isExpected(error), "\(error)") }
    }
}

/// A certificate that names itself its issuer, made by `openssl` for as long as this value lives.
private final class Certificates: Sendable {
    static let canBeMade = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    private let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        .path
    let files: TLSFiles

    /// - Parameter names: As `subjectAltName` has them, such as `DNS:localhost,IP:127.0.0.1`.
    init(_ names: String) async throws {
        files = TLSFiles(certificate: "\(folder)/cert.pem", key: "\(folder)/key.pem")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Foundation's `Process` may read past the list of open files where there are more than a thousand.
        let openssl = try await run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=\(names)", "-keyout", files.key, "-out",
                files.certificate,
            ],
            output: .discarded, error: .discarded)
        try #require(openssl.terminationStatus.isSuccess)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A server that shows this certificate, with one namespace in its store.
    func serve() async throws -> ServedStore {
        let engine = try SQLiteEngine(path: "\(folder)/store.sqlite", clock: .at(0))
        _ = try await engine.createNamespace(titled: "served")
        return try await ServedStore(
            engine, folder: folder, certificate: TLSCertificate(files, logger: Logger(label: "tests")), clock: .at(0))
    }
}
