import KVClient

/// The server that a command is for.
enum ServerAddress {
    /// Returns the address that an option or `KV_MANAGER_SERVER` names; nil where neither is set. Throws `ClientError`, which
    /// names that source.
    static func given(_ option: String?) throws -> String? {
        var choices = Choices(environment: EnvironmentVariables())
        choices.options[.server] = option
        guard let (text, origin) = try choices.choice(.server) else { return nil }
        do {
            return try APIClient.address(text)
        } catch {
            throw ClientError(error.kind, "\(origin.words): \(error.detail)")
        }
    }
}
