/**
 * The shapes of the API's answers, as the interface reads them.
 *
 * @typedef {{ keyBytes: number, valueBytes: number, metadataBytes: number, minimumTTL: number }} Limits
 * @typedef {{ name: string, engine: string, label?: string | null, limits: Limits, protected: boolean, reachable: boolean }} Store
 * @typedef {object} Namespace
 * @property {string} id
 * @property {string} title
 * @property {number | null} [keyCount]
 * @property {number | null} [valueBytes]
 * @property {string | null} [createdAt]
 * @property {string | null} [changedAt]
 * @property {boolean} protected
 *
 * @typedef {{ namespaces: Namespace[], cursor: string | null }} NamespacePage
 * @typedef {{ name: string, expiration?: number | null, metadata?: unknown, size?: number | null }} KeyItem
 * @typedef {{ prefix: string, keyCount?: number | null }} Folder
 * @typedef {{ keys: KeyItem[], folders?: Folder[], cursor: string | null, keyCount?: number | null }} KeyPage
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} [value]
 * @property {string} [valueBase64]
 * @property {number} size
 * @property {number | null} [expiration] Unix seconds
 * @property {string} [etag]
 * @property {string | null} metadataText the metadata's own JSON text, never parsed and printed again: that would lose digits
 *
 * @typedef {object} Progress
 * @property {number} sequence
 * @property {number | null} total
 * @property {number} processed
 * @property {number} succeeded
 * @property {number} failed
 * @property {number} skipped
 * @property {number} bytes
 * @property {string | null} currentKey
 * @property {number | null} percentage
 * @property {number | null} ratePerSecond
 * @property {number | null} etaSeconds
 * @property {number} requests
 * @property {string | null} throttledUntil
 *
 * @typedef {"queued" | "running" | "paused" | "completed" | "incomplete" | "failed" | "cancelled"} JobState
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {string} kind
 * @property {JobState} state
 * @property {string} store
 * @property {string} namespace
 * @property {string | null} [namespaceTitle]
 * @property {{ store?: string, namespace?: string, namespaceTitle?: string | null } | null} [target]
 * @property {string} createdAt
 * @property {string | null} startedAt
 * @property {string | null} finishedAt
 * @property {string} [createdBy]
 * @property {Progress} progress
 * @property {{ code?: string, detail?: string } | string | null} error
 * @property {{ name: string, bytes: number, url: string } | null} download
 *
 * @typedef {{ at: string, type: string, detail?: unknown }} JobEvent
 * @typedef {{ key: string, line?: number | null, code: string, detail: string, attempts: number }} Failure
 *
 * @typedef {{ keys: string[] } | { prefix: string } | { all: true }} JobSelection
 *
 * @typedef {object} Route
 * @property {"namespaces" | "keys" | "jobs" | "job" | "nowhere"} view
 * @property {string} store
 * @property {string} namespace
 * @property {string | null} key
 * @property {string} prefix
 * @property {string | null} by the delimiter that makes folders, when one was chosen
 * @property {string} job
 */
export {};
