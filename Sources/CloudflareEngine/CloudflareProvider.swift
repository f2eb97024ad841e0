import Foundation
import KVFiles
package import KVModel
import KVProxy

/// A store in a Cloudflare account.
package struct CloudflareProvider: EngineProvider {
    package static let engine = "cloudflare"
    package static let fields = ["accountID", "apiTokenEnv", "apiTokenFile", "baseURL", "pace"]

    /// Sets the quota of every Cloudflare store.
    private static let paceVariable = "KV_MANAGER_PACE"

    private let account: CloudflareAccount

    package init(_ configuration: any StoreConfiguration) throws {
        let baseURL = try configuration.field("baseURL", Self.address)
        let pace = try configuration.field("pace") { text throws(KVError) in try RequestQuota(text) }
        guard let id = try configuration.field("accountID"), !id.isEmpty else {
            throw KVError(
                .invalidRequest,
                "The store \"\(configuration.store)\" needs an \"accountID\": the id of its Cloudflare account.")
        }
        var account = CloudflareAccount(id: id, token: try Self.token(configuration))
        if let baseURL { account.baseURL = baseURL }
        let common = try configuration.variable(Self.paceVariable) { text throws(KVError) in try RequestQuota(text) }
        if let quota = common ?? pace { account.quota = quota }
        if let url = URL(string: account.baseURL) {
            account.proxy = try ForwardProxy.proxy(for: url) { configuration.variable($0) }
        }
        self.account = account
    }

    package var summary: String {
        "\(Self.engine), account \(account.id), token ********, \(account.quota) at \(account.baseURL)"
            + (account.proxy.map { ", through the proxy \($0)" } ?? "")
    }

    package func open(_ context: EngineContext) -> OpenedEngine {
        OpenedEngine(
            CloudflareEngine(
                account, beside: context.others.compactMap { $0 as? CloudflareEngine }, clock: context.clock))
    }

    // MARK: Parsing

    private static func address(_ text: String) throws(KVError) -> String {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.query == nil, url.fragment == nil, url.user == nil
        else {
            throw KVError(
                .invalidRequest,
                "\"baseURL\" in the configuration is an http or https address, like "
                    + "\(CloudflareAccount.publicAPI), without a user, a query or a fragment.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func token(_ configuration: any StoreConfiguration) throws -> CloudflareToken {
        let secret = try secret(configuration).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw KVError(
                .invalidRequest,
                "The API token of the store \"\(configuration.store)\" is empty, or has characters that no token has.")
        }
        return CloudflareToken(secret)
    }

    private static func secret(_ configuration: any StoreConfiguration) throws -> String {
        let store = configuration.store
        switch (try configuration.field("apiTokenEnv"), try configuration.field("apiTokenFile")) {
        case (let variable?, nil):
            guard let secret = try configuration.secret(in: variable) else {
                throw KVError(
                    .invalidRequest,
                    "The store \"\(store)\" takes its API token from the environment variable that \"apiTokenEnv\" names"
                        + "\(shown(variable)); it is not set.")
            }
            return secret
        case (nil, let file?):
            let path = try configuration.path(file)
            do throws(SettingFile.Unreadable) {
                return try SettingFile.text(at: path)
            } catch {
                throw KVError(
                    .invalidRequest,
                    "The store \"\(store)\" takes its API token from the file that \"apiTokenFile\" names"
                        + "\(path.contains("/") ? ", \(path)" : ""); it cannot be read: \(error.reason).")
            }
        default:
            throw KVError(
                .invalidRequest,
                "The store \"\(store)\" needs \"apiTokenEnv\" (a variable's name) or \"apiTokenFile\" (a path): one of them."
            )
        }
    }

    /// A text that does not look like a variable's name may be the token itself, and is not repeated.
    private static func shown(_ variable: String) -> String {
        let isName = variable.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        return isName ? ", \(variable)" : ""
    }
}
