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
 *
 * @typedef {Record<string, string | number | boolean | null | undefined>} Fields of a query
 * @typedef {{ cursor?: string | null, limit?: number }} Page
 * @typedef {{ body?: BodyInit, json?: unknown, headers?: Record<string, string>, signal?: AbortSignal }} RequestOptions
 *
 * @typedef {object} Addresses
 * @property {(store: string) => string} namespaces
 * @property {(store: string, id: string) => string} namespace
 * @property {(store: string, id: string, key: string) => string} entry
 * @property {(store: string, id: string, key: string) => string} value
 * @property {(id: string) => string} job
 *
 * @typedef {object} API
 * @property {() => Promise<{ stores: Store[] }>} stores
 * @property {(store: string, page?: Page & { query?: string }, signal?: AbortSignal) => Promise<NamespacePage>} namespaces
 * @property {(store: string, id: string, signal?: AbortSignal) => Promise<Namespace>} namespace
 * @property {(store: string, title: string) => Promise<Namespace>} createNamespace
 * @property {(store: string, id: string, change: { title?: string, protected?: boolean }) => Promise<Namespace>} changeNamespace
 * @property {(store: string, id: string) => Promise<unknown>} deleteNamespace
 * @property {(store: string, id: string, page: Page & { prefix?: string, delimiter?: string, count?: boolean }, signal?: AbortSignal) => Promise<KeyPage>} keys
 * @property {(store: string, id: string, key: string, signal?: AbortSignal) => Promise<Entry>} entry
 * @property {(store: string, id: string, key: string) => Promise<unknown>} deleteEntry
 * @property {(job: object, idempotencyKey: string) => Promise<Job>} startJob
 * @property {(filter: Fields, signal?: AbortSignal) => Promise<{ jobs: Job[], cursor: string | null }>} jobs
 * @property {(id: string, wait?: { after?: number, wait?: number }, signal?: AbortSignal) => Promise<Job>} job
 * @property {(id: string) => Promise<Job>} cancelJob
 * @property {(id: string, signal?: AbortSignal) => Promise<{ events: JobEvent[] }>} jobEvents
 * @property {(id: string, page: Page, signal?: AbortSignal) => Promise<{ failures: Failure[], cursor: string | null }>} jobFailures
 *
 * @typedef {{ text: string } | { bytes: Uint8Array<ArrayBuffer> } | { large: number }} Held a value as the editor holds it
 * @typedef {{ text: string } | { base64: string } | { file: Blob }} NewValue
 * @typedef {{ value: NewValue | null, metadataText: string | null, expiration: number | null }} Draft
 * @typedef {{ etag?: string | null, creating: boolean, sent?: (bytes: number, total: number) => void }} Condition of a write
 *
 * @typedef {object} ModalOptions
 * @property {string} title
 * @property {import("./dom.js").Child[]} body
 * @property {string} testid
 * @property {string} [action] the label of the button that submits; none without it
 * @property {boolean} [dangerous]
 * @property {string} [dismiss]
 * @property {() => string | null} [missing] what keeps it from being submitted; null when nothing does
 * @property {() => unknown} [onSubmit]
 * @property {() => void} [onClose]
 */
export {};
