import KVJobs
import KVModel

extension JSONWriter {
    static func plan(_ plan: JobPlan) -> [UInt8] {
        object { json in
            json.member("keys", plan.keys)
            json.member("complete", plan.isComplete)
            json.member("missing", orNull: plan.missing)
            json.member("requests", plan.requests)
            json.member("seconds", plan.seconds)
            json.member("bytes", orNull: plan.bytes)
            json.name("sample")
            json.array(plan.sample) { json, key in json.string(utf8: key.bytes) }
            json.name("warnings")
            json.array(plan.warnings) { json, warning in
                json.object { json in
                    json.member("code", warning.code)
                    json.member("detail", warning.detail)
                }
            }
            json.member("undoable", plan.isUndoable)
        }
    }
}
