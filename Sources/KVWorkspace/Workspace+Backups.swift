package import KVBackup
import KVModel

/// Backups of the data folder: created and checked while the program runs, one at a time.
extension Workspace {
    /// Returns the backups, the newest first.
    package func backups() async throws -> [Backups.Backup] {
        try require(.manageBackups)
        return try await resources.backups.list()
    }

    /// Returns a backup once nothing is done to it any more, or after `seconds`. Throws `backup_not_found`.
    package func backup(_ name: String, waiting seconds: Double) async throws -> Backups.Backup {
        try require(.manageBackups)
        return try await resources.backups.backup(name, waiting: seconds)
    }

    /// Begins a backup, and returns at once. Throws `backup_at_work`, `too_many_backups` and `disk_full`.
    package func createBackup() async throws -> Backups.Backup {
        try require(.manageBackups)
        return try await resources.backups.create()
    }

    /// Begins to check a backup, and returns at once. Throws `backup_not_found` and `backup_at_work`.
    package func checkBackup(_ name: String) async throws -> Backups.Backup {
        try require(.manageBackups)
        return try await resources.backups.check(name)
    }
}
