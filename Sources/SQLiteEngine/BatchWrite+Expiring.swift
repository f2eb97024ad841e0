import GRDB
import KVModel

extension BatchWrite {
    /// Touches neither values nor metadata.
    mutating func expire(_ keys: [Key], at expiration: Expiration?) throws -> [WriteOutcome] {
        let update = try db.statement("UPDATE entry SET expires = ?3 WHERE namespace = ?1 AND key = ?2")
        var outcomes = [WriteOutcome](repeating: .unmet, count: keys.count)
        for index in KeyOrder.of(keys, by: \.self) {
            let key = keys[index]
            guard let old = try stored(key), !old.isPast(at: now) else { continue }
            if let interceptor {
                let before = try whole(old, of: key)
                var after = before
                after.expiration = expiration
                guard try interceptor.mayReplace(before, with: after, of: key) else { continue }
            }
            update.bind(namespace.number, at: 1)
            update.bind(key.bytes, at: 2)
            update.bind(expiration?.seconds, at: 3)
            try update.run()
            changed()
            outcomes[index] = .replaced(ETag(valueID: old.id, expires: expiration?.seconds))
        }
        return outcomes
    }
}
