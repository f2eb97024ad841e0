import KVBackup
import KVModel

extension Settings {
    /// Takes the data folder. Errors name where its path is set, except for `DataFolder.InUse`.
    func takeDataFolder(requiring requirement: DataFolder.Requirement) throws -> DataFolder {
        var requirement = requirement
        if case .folder(let store) = requirement {
            try checkDataFolder(for: store)
            if dataSource == nil { requirement = .nothing }
        }
        do {
            return try DataFolder(path: dataFolder, requiring: requirement)
        } catch let error as DataFolder.Missing {
            throw error.isFolder ? noData : missingDataFolder
        } catch let error as KVError {
            throw KVError(error.code, (dataSource.map { "\($0): " } ?? "") + error.detail, cause: error.cause)
        }
    }

    /// Throws if the data folder was named and does not exist, and if it has no data and the store is not configured. Creates
    /// nothing.
    func checkDataFolder(for store: String? = nil) throws {
        guard dataSource == nil || FolderOwner(of: dataFolder) != nil else { throw missingDataFolder }
        guard let store, !stores.contains(where: { $0.name == store }) else { return }
        // A server that runs on the folder may have other stores.
        if DataContents(resting: dataFolder).isEmpty { throw KVError.noStore(store) }
    }

    /// Throws if the folder of backups was named and does not exist.
    func checkBackups() throws {
        guard let source = choices.sources(of: .backups), FolderOwner(of: backups) == nil else { return }
        throw CommandFailure(
            "\(source): there is no folder \(backups). Create it with mkdir -p -m 700, or name another one.")
    }

    var missingDataFolder: CommandFailure {
        CommandFailure(
            "There is no data folder at \(dataPlace). \(Self.otherPlaces) To create this one, start kv-manager serve with it, "
                + "or create it with mkdir -p -m 700 and then a namespace in it with kv-manager namespace create.")
    }

    private var noData: CommandFailure {
        CommandFailure(
            "\(dataPlace) holds no data of KV Manager. \(Self.otherPlaces) To begin with this one, start kv-manager serve with "
                + "it, or use kv-manager namespace create.")
    }

    private static let otherPlaces =
        "Name the folder by --data or KV_MANAGER_DATA, a configuration file that sets it by --config, or a server by --server."

    private var dataPlace: String { "\(dataFolder) (\(dataSource ?? "the default"))" }

    /// The option, the variable, or the file and its line that names the data folder; nil for the default folder.
    private var dataSource: String? { choices.sources(of: .data) }
}
