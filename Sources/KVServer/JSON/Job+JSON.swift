import Foundation
import KVHTTP
import KVJobs
import KVLedger
import KVModel
import KVTransfer
import NIOCore

extension JSONWriter {
    mutating func job(_ job: Job, below base: BasePath) {
        object { json in
            json.member("id", job.id.text)
            json.member("kind", job.kindName)
            json.member("state", job.stateName)
            if job.isFromNewerVersion { json.member("newerVersion", true) }
            json.member("store", job.store)
            json.member("namespace", job.namespace.text)
            json.member("namespaceTitle", job.namespaceTitle)
            json.work(of: job)
            if job.readsExactly { json.member("exact", true) }
            json.member("createdAt", time: job.createdAt)
            json.member("startedAt", time: job.startedAt)
            json.member("finishedAt", time: job.finishedAt)
            json.member("createdBy", job.createdBy)
            json.member("connection", orNull: nil as String?)
            json.name("progress")
            json.progress(job.progress, of: job.state)
            json.name("error")
            if let error = job.error { json.error(error) } else { json.null() }
            json.name("download")
            if let download = job.download { json.download(download, of: job.id, below: base) } else { json.null() }
            json.member("retryOf", orNull: job.retryOf?.text)
            json.member("undoOf", orNull: job.undoOf?.text)
            json.member("undoneBy", orNull: job.undoneBy?.text)
            json.member("undoable", job.isUndoable)
            json.member("failuresRecorded", job.failuresRecorded)
        }
    }

    mutating func failure(_ failure: JobFailure) {
        object { json in
            json.member("key", orNull: failure.key)
            if let line = failure.line { json.member("line", line) }
            json.member("code", failure.error.codeName)
            json.member("detail", failure.error.detail)
            json.member("attempts", failure.attempts)
        }
    }

    private mutating func work(of job: Job) {
        let kind = job.kind
        if let keys = kind?.selection { selection(keys) }
        name("target")
        if let target = job.work.target {
            object { json in
                json.member("store", target.store)
                json.member("namespace", target.namespace)
            }
        } else {
            null()
        }
        for field in kind?.fields ?? [] { member(field) }
    }

    private mutating func member(_ field: JobField) {
        switch field.value {
        case .text(let text): member(field.name, orNull: text)
        case .number(let number): member(field.name, number)
        case .flag(let flag): member(field.name, flag)
        case .texts(let texts):
            name(field.name)
            array(texts) { json, text in json.string(text) }
        }
    }

    /// Keys named one by one are not repeated: there may be millions.
    private mutating func selection(_ selection: JobSelection) {
        name("selection")
        object { json in
            switch selection {
            case .all: json.member("all", true)
            case .prefix(let prefix): json.member("prefix", prefix)
            case .keys: json.member("named", true)
            }
        }
    }

    private mutating func progress(_ progress: JobProgress, of state: JobState) {
        object { json in
            json.member("sequence", progress.sequence)
            json.member("total", orNull: progress.total)
            json.member("processed", progress.processed)
            json.member("succeeded", progress.succeeded)
            json.member("failed", progress.failed)
            json.member("skipped", progress.skipped)
            json.member("missing", progress.missing)
            json.member("bytes", progress.bytes)
            json.member("currentKey", orNull: progress.currentKey)
            json.member("percentage", orNull: progress.percentage(in: state))
            json.name("ratePerSecond")
            let rate = state.isFinal ? nil : progress.ratePerSecond
            if let rate { json.raw(String((rate * 10).rounded() / 10).utf8) } else { json.null() }
            json.member("etaSeconds", orNull: progress.secondsLeft(in: state))
            json.member("requests", progress.requests)
            json.member("throttledUntil", time: progress.throttledUntil)
            json.name("checking")
            if let check = progress.checking { json.check(check) } else { json.null() }
            json.member("notice", orNull: progress.notice)
        }
    }

    private mutating func check(_ check: JobProgress.FileCheck) {
        object { json in
            json.member("bytes", check.bytes)
            json.member("totalBytes", check.totalBytes)
        }
    }

    private mutating func error(_ error: KVError) {
        object { json in
            json.member("code", error.codeName)
            json.member("detail", error.detail)
        }
    }

    private mutating func download(_ download: Job.Download, of id: JobID, below base: BasePath) {
        object { json in
            json.member("name", download.name)
            json.member("bytes", download.bytes)
            json.member("url", "\(base.text)/api/jobs/\(id)/download")
        }
    }
}
