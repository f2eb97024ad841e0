extension API {
    /// The answer to `GET /api/backups`, the newest first.
    package struct BackupList: Codable, Sendable {
        package var backups: [Backup]

        package init(backups: [Backup]) {
            self.backups = backups
        }
    }

    /// A backup of the data folder.
    package struct Backup: Codable, Sendable {
        package enum State: String, CaseIterable, Codable, Sendable {
            case creating, complete, failed
        }

        /// The second in which it was begun, such as `2026-11-25T10-20-30Z`.
        package var name: String
        package var state: State
        package var createdAt: Time
        /// The version of the program that created it.
        package var version: String
        /// The number of files.
        package var files: Int
        package var bytes: Int
        /// Why it failed.
        @Nullable package var error: JobError?
        /// The latest verification since the start of the program.
        @Nullable package var check: BackupCheck?

        package init(
            name: String, state: State, createdAt: Time, version: String, files: Int, bytes: Int, error: JobError?,
            check: BackupCheck?
        ) {
            self.name = name
            self.state = state
            self.createdAt = createdAt
            self.version = version
            self.files = files
            self.bytes = bytes
            self.error = error
            self.check = check
        }
    }

    /// A verification of a backup.
    package struct BackupCheck: Codable, Sendable {
        package enum State: String, CaseIterable, Codable, Sendable {
            case running, passed, failed
        }

        package var state: State
        /// When it ended.
        @Nullable package var at: Time?
        /// What is wrong, for people.
        package var faults: [String]

        package init(state: State, at: Time? = nil, faults: [String] = []) {
            self.state = state
            self.at = at
            self.faults = faults
        }
    }
}
