import Foundation
package import KVAPI
package import KVBackup
import KVModel

extension API.Backup {
    package init(_ backup: Backups.Backup) {
        let state: State =
            switch backup.state {
            case .creating: .creating
            case .complete: .complete
            case .failed: .failed
            }
        self.init(
            name: backup.name, state: state, createdAt: API.Time(backup.createdAt), version: backup.version,
            files: backup.files, bytes: backup.bytes, error: backup.error.map { API.JobError($0) },
            check: backup.check.map { API.BackupCheck($0) })
    }

    /// The backup as the server writes it.
    package var json: [UInt8] {
        get throws { try JSONWriter.body(self) }
    }
}

extension API.BackupCheck {
    fileprivate init(_ check: Backups.Backup.Check) {
        switch check {
        case .running: self.init(state: .running)
        case .passed(let date): self.init(state: .passed, at: API.Time(date))
        case .failed(let date, let faults): self.init(state: .failed, at: API.Time(date), faults: faults)
        }
    }
}

extension API.Time {
    fileprivate init(_ date: Date) {
        self.init(Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)))
    }
}
