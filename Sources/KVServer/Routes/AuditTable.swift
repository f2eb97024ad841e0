import KVAPI
import KVLedger
import KVModel
import KVTransfer

/// The audit log as CSV, for spreadsheets: what one of them would run is made text.
enum AuditTable {
    static let header = row(
        [
            "at", "who", "via", "action", "store", "namespace", "namespaceTitle", "key", "count", "job", "jobKind",
            "detail", "request",
        ].map { Array($0.utf8) })

    static func rows(_ records: [AuditRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 * records.count)
        for record in records { bytes += row(fields(record)) }
        return bytes
    }

    private static func fields(_ record: AuditRecord) -> [[UInt8]] {
        let texts = [
            API.Time(record.at).text, record.who, record.via.rawValue, record.action.rawValue,
            record.store,
            record.namespace.text, record.namespaceTitle ?? "",
        ]
        let rest = [
            "\(record.count)", record.job?.text ?? "", record.jobKind ?? "", record.detail,
            record.request ?? "",
        ]
        return texts.map { Array($0.utf8) } + [record.key?.bytes ?? []] + rest.map { Array($0.utf8) }
    }

    private static func row(_ fields: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendCSV(field, neutralisingFormulas: true)
        }
        return bytes + Array("\r\n".utf8)
    }
}
