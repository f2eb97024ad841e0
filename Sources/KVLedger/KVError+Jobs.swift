package import KVModel

/// The errors of jobs that every ledger throws.
extension KVError {
    package static func noJob(_ id: JobID) -> KVError {
        KVError(
            .jobNotFound,
            "There is no job with the id \(quoting: id.text). GET /api/jobs (kv-manager jobs list) lists those that exist."
        )
    }

    package static func fromNewerVersion(_ id: JobID) -> KVError {
        KVError(
            .invalidTransition,
            "The job \"\(id)\" was created by a newer version of KV Manager; start that version to run or change it.")
    }

    package static func idempotencyKeyReused(_ job: JobID) -> KVError {
        KVError(
            .idempotencyKeyReused,
            "This Idempotency-Key was used for another request, which has created the job \"\(job)\"; use a new key.")
    }
}

extension Job {
    package func hasNotEnded(to verb: String) -> KVError {
        KVError(
            .invalidTransition, "A job that is \(state.rawValue) cannot \(verb); wait for its end, or cancel it.")
    }
}
