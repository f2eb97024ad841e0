/// Who holds a data folder, as its lock tells other processes of the same user.
struct FolderHolder: Equatable, Sendable {
    /// A door for commands on this machine, where people's is not for them.
    struct Door: Equatable, Sendable {
        var address: String
        /// What commands name with each request.
        var key: String
    }

    /// Where people reach it.
    var address: String
    var door: Door?

    init(address: String, door: Door? = nil) {
        self.address = address
        self.door = door
    }

    /// Nil where nothing is written.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let address = lines.first else { return nil }
        self.init(address: address)
        if lines.count > 2 { door = Door(address: lines[1], key: lines[2]) }
    }

    /// A line for each part.
    var text: String { ([address] + (door.map { [$0.address, $0.key] } ?? [])).joined(separator: "\n") }
}
