import Foundation
package import KVBackup
import KVModel

extension Backups.Backup {
    /// As the API tells of it.
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.backup(self)
        return writer.bytes
    }
}

extension JSONWriter {
    mutating func backup(_ backup: Backups.Backup) {
        object { json in
            json.member("name", backup.name)
            json.member("state", backup.state.rawValue)
            json.member("createdAt", time: Timestamp(backup.createdAt))
            json.member("version", backup.version)
            json.member("files", backup.files)
            json.member("bytes", backup.bytes)
            json.name("error")
            if let error = backup.error {
                json.object { json in
                    json.member("code", error.code.rawValue)
                    json.member("detail", error.detail)
                }
            } else {
                json.null()
            }
            json.name("check")
            if let check = backup.check { json.check(check) } else { json.null() }
        }
    }

    private mutating func check(_ check: Backups.Backup.Check) {
        let (state, at, faults): (String, Date?, [String]) =
            switch check {
            case .running: ("running", nil, [])
            case .passed(let at): ("passed", at, [])
            case .failed(let at, let faults): ("failed", at, faults)
            }
        object { json in
            json.member("state", state)
            json.member("at", time: at.map { Timestamp($0) })
            json.name("faults")
            json.array(faults) { json, fault in json.string(fault) }
        }
    }
}

extension Timestamp {
    fileprivate init(_ date: Date) { self.init(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)) }
}
