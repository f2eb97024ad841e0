import CloudflareEngine
import Foundation
import KVModel
import KVProxy
import Yams

/// One connection to an engine, as the configuration names it.
struct StoreSettings: Equatable {
    enum Connection: Equatable {
        /// A file in the data folder.
        case sqlite
        case cloudflare(CloudflareAccount)
    }

    var name: String
    var label: String?
    var connection: Connection
    /// Nothing in it may be changed from here.
    var isProtected = false

    /// Without its secret.
    var summary: String {
        let engine =
            switch connection {
            case .sqlite: "sqlite"
            case .cloudflare(let account):
                "cloudflare, account \(account.id), token ********, \(account.quota) at \(account.baseURL)"
                    + (account.proxy.map { ", through the proxy \($0)" } ?? "")
            }
        return engine + (isProtected ? ", protected" : "")
    }

    /// Whether the configuration file names it.
    var isGiven = true

    static let local = StoreSettings(name: "local", connection: .sqlite, isGiven: false)
}

/// A store's fields in the configuration file.
struct StoreFields {
    private var name: String?
    private var label: String?
    private var engine: EngineKind?
    private var isProtected = false
    private var accountID: String?
    private var apiTokenEnv: String?
    private var apiTokenFile: String?
    private var baseURL: String?
    private var pace: RequestQuota?

    init(_ node: Node) throws {
        try ConfigurationNode.members(of: node, "A store in the configuration") { member, value in
            switch member {
            case "name": name = try Self.storeName(value)
            case "label": label = try ConfigurationNode.text(value, member)
            case "engine": engine = try Self.kind(value)
            case "protected": isProtected = try ConfigurationNode.boolean(value, member)
            case "accountID": accountID = try ConfigurationNode.text(value, member)
            case "apiTokenEnv": apiTokenEnv = try ConfigurationNode.text(value, member)
            case "apiTokenFile": apiTokenFile = try ConfigurationNode.text(value, member)
            case "baseURL": baseURL = try Self.address(value, member)
            case "pace": pace = try RequestQuota(ConfigurationNode.text(value, member))
            default: return false
            }
            return true
        }
    }

    /// - Parameter environment: where secrets are, and `KV_MANAGER_PACE`, which sets the pace of every Cloudflare store.
    func settings(_ environment: EnvironmentVariables) throws -> StoreSettings {
        guard let name, let engine else {
            throw KVError(.invalidRequest, "A store in the configuration needs a \"name\" and an \"engine\".")
        }
        let connection: StoreSettings.Connection
        switch engine {
        case .sqlite:
            try refuseFieldsOfCloudflare(name)
            connection = .sqlite
        case .cloudflare: connection = .cloudflare(try account(name, environment))
        }
        return StoreSettings(name: name, label: label, connection: connection, isProtected: isProtected)
    }

    private func account(_ name: String, _ environment: EnvironmentVariables) throws -> CloudflareAccount {
        guard let accountID, !accountID.isEmpty else {
            throw KVError(
                .invalidRequest, "The store \"\(name)\" needs an \"accountID\": the id of its Cloudflare account.")
        }
        let token = CloudflareToken(try secret(name, environment))
        var account = CloudflareAccount(id: accountID, token: token)
        if let baseURL { account.baseURL = baseURL }
        if let pace = try Self.pace(environment) ?? pace { account.quota = pace }
        account.proxy = try URL(string: account.baseURL).flatMap { url throws(KVError) in
            try ForwardProxy.proxy(for: url) { environment[$0] }
        }
        return account
    }

    private static func pace(_ environment: EnvironmentVariables) throws(KVError) -> RequestQuota? {
        try Choices(environment: environment).read(.pace) { text throws(KVError) in try RequestQuota(text) }
    }

    private func secret(_ name: String, _ environment: EnvironmentVariables) throws(KVError) -> String {
        let secret: String
        switch (apiTokenEnv, apiTokenFile) {
        case (let variable?, nil):
            guard let value = try Choices.secret(variable, in: environment) else {
                throw KVError(
                    .invalidRequest,
                    "The store \"\(name)\" takes its API token from the environment variable that \"apiTokenEnv\" names"
                        + "\(Self.shown(variable)); it is not set.")
            }
            secret = value
        case (nil, let file?):
            let path = try PathText.expanded(file, home: environment.home)
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw KVError(
                    .invalidRequest,
                    "The store \"\(name)\" takes its API token from the file that \"apiTokenFile\" names"
                        + "\(path.contains("/") ? ", \(path)" : ""); it cannot be read.")
            }
            secret = text
        default:
            throw KVError(
                .invalidRequest,
                "The store \"\(name)\" needs \"apiTokenEnv\" (a variable's name) or \"apiTokenFile\" (a path): one of them."
            )
        }
        let token = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw KVError(
                .invalidRequest, "The API token of the store \"\(name)\" is empty, or has characters that no token has."
            )
        }
        return token
    }

    /// What does not look like a variable's name may be the token itself, put there by mistake.
    private static func shown(_ variable: String) -> String {
        let isName = variable.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        return isName ? ", \(variable)" : ""
    }

    private func refuseFieldsOfCloudflare(_ name: String) throws(KVError) {
        let given = [
            ("accountID", accountID != nil), ("apiTokenEnv", apiTokenEnv != nil), ("apiTokenFile", apiTokenFile != nil),
            ("baseURL", baseURL != nil), ("pace", pace != nil),
        ]
        if let field = given.first(where: \.1)?.0 {
            throw KVError(
                .invalidRequest, "The store \"\(name)\" has the engine sqlite, which has no field \"\(field)\".")
        }
    }

    /// A store's name stands in addresses and names its file.
    private static func storeName(_ node: Node) throws -> String {
        let name = try ConfigurationNode.text(node, "name")
        let isPlain = name.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw KVError(
                .invalidRequest,
                "Invalid store name \(quoting: name): use 1 to 64 of a-z, 0-9 and \"-\".")
        }
        return name
    }

    private static func kind(_ node: Node) throws -> EngineKind {
        let name = try ConfigurationNode.text(node, "engine")
        guard let kind = EngineKind(rawValue: name) else {
            let known = EngineKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw KVError(.invalidRequest, "Invalid engine \(quoting: name): use one of \(known).")
        }
        return kind
    }

    private static func address(_ node: Node, _ name: String) throws -> String {
        let text = try ConfigurationNode.text(node, name)
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.query == nil, url.fragment == nil, url.user == nil
        else {
            throw KVError(
                .invalidRequest,
                "\"\(name)\" in the configuration is an http or https address, like "
                    + "\(CloudflareAccount.publicAPI), without a user, a query or a fragment.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
