/// The process that holds a data folder, as the folder's lock describes it to other processes of the same user.
struct FolderHolder: Equatable, Sendable {
    /// The address for commands on this machine, if they do not use the public one.
    struct CommandAddress: Equatable, Sendable {
        var address: String
        /// The key that commands send with each request.
        var key: String
    }

    /// The public address.
    var address: String
    var commands: CommandAddress?

    init(address: String, commands: CommandAddress? = nil) {
        self.address = address
        self.commands = commands
    }

    /// Returns nil for an empty text.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let address = lines.first else { return nil }
        self.init(address: address)
        if lines.count > 2 { commands = CommandAddress(address: lines[1], key: lines[2]) }
    }

    /// The parts, one per line.
    var text: String { ([address] + (commands.map { [$0.address, $0.key] } ?? [])).joined(separator: "\n") }
}
