/**
 * The shapes of the API's answers, as the interface reads them.
 *
 * @typedef {{ keyBytes: number, valueBytes: number, metadataBytes: number, minimumTTL: number }} Limits
 * @typedef {{ name: string, engine: string, label?: string | null, limits: Limits, protected: boolean, reachable: boolean }} Store
 * @typedef {{ id: string, title: string, protected: boolean, keyCount?: number | null, valueBytes?: number | null,
 *   createdAt?: string | null, changedAt?: string | null }} Namespace
 * @typedef {{ namespaces: Namespace[], cursor: string | null }} NamespacePage
 * @typedef {{ name: string, expiration?: number | null, metadata?: unknown, size?: number | null }} KeyItem
 * @typedef {{ prefix: string, keyCount?: number | null }} Folder
 * @typedef {{ keys: KeyItem[], folders?: Folder[], cursor: string | null, keyCount?: number | null }} KeyPage
 *
 * An entry expires at Unix seconds. Its metadata is their own JSON text, never parsed and printed again: that would lose digits.
 * @typedef {{ name: string, value?: string, valueBase64?: string, size: number, expiration?: number | null, etag?: string,
 *   metadataText: string | null }} Entry
 *
 * @typedef {{ sequence: number, total: number | null, processed: number, succeeded: number, failed: number, skipped: number,
 *   bytes: number, requests: number, currentKey: string | null, percentage: number | null, ratePerSecond: number | null,
 *   etaSeconds: number | null, throttledUntil: string | null }} Progress
 * @typedef {"queued" | "running" | "paused" | "completed" | "incomplete" | "failed" | "cancelled"} JobState
 * @typedef {{ id: string, kind: string, state: JobState, store: string, namespace: string, namespaceTitle?: string | null,
 *   target?: { store?: string, namespace?: string, namespaceTitle?: string | null } | null, progress: Progress,
 *   createdAt: string, startedAt: string | null, finishedAt: string | null, createdBy?: string,
 *   error: { code?: string, detail?: string } | string | null,
 *   download: { name: string, bytes: number, url: string } | null }} Job
 * @typedef {{ at: string, type: string, detail?: unknown }} JobEvent
 * @typedef {{ key: string, line?: number | null, code: string, detail: string, attempts: number }} Failure
 * @typedef {{ keys: string[] } | { prefix: string } | { all: true }} JobSelection
 *
 * `by` is the delimiter that makes folders, when one was chosen.
 * @typedef {{ view: "namespaces" | "keys" | "jobs" | "job" | "nowhere", store: string, namespace: string, job: string,
 *   key: string | null, prefix: string, by: string | null }} Route
 *
 * @typedef {Record<string, string | number | boolean | null | undefined>} Fields of a query
 * @typedef {{ cursor?: string | null, limit?: number }} Page
 * @typedef {{ body?: BodyInit, json?: unknown, headers?: Record<string, string>, signal?: AbortSignal }} RequestOptions
 *
 * @typedef {(store: string, id: string, key: string) => string} EntryAddress
 * @typedef {{ namespaces: (store: string) => string, namespace: (store: string, id: string) => string, entry: EntryAddress,
 *   value: EntryAddress, job: (id: string) => string }} Addresses
 *
 * @typedef {{
 *   stores(): Promise<{ stores: Store[] }>,
 *   namespaces(store: string, page?: Page & { query?: string }, signal?: AbortSignal): Promise<NamespacePage>,
 *   namespace(store: string, id: string, signal?: AbortSignal): Promise<Namespace>,
 *   createNamespace(store: string, title: string): Promise<Namespace>,
 *   changeNamespace(store: string, id: string, change: { title?: string, protected?: boolean }): Promise<Namespace>,
 *   deleteNamespace(store: string, id: string): Promise<unknown>,
 *   keys(store: string, id: string, page: Page & { prefix?: string, delimiter?: string, count?: boolean }, signal?: AbortSignal): Promise<KeyPage>,
 *   entry(store: string, id: string, key: string, signal?: AbortSignal): Promise<Entry>,
 *   deleteEntry(store: string, id: string, key: string): Promise<unknown>,
 *   startJob(job: object, idempotencyKey: string): Promise<Job>,
 *   jobs(filter: Fields, signal?: AbortSignal): Promise<{ jobs: Job[], cursor: string | null }>,
 *   job(id: string, wait?: { after?: number, wait?: number }, signal?: AbortSignal): Promise<Job>,
 *   cancelJob(id: string): Promise<Job>,
 *   jobEvents(id: string, signal?: AbortSignal): Promise<{ events: JobEvent[] }>,
 *   jobFailures(id: string, page: Page, signal?: AbortSignal): Promise<{ failures: Failure[], cursor: string | null }>,
 * }} API
 *
 * @typedef {{ text: string } | { bytes: Uint8Array<ArrayBuffer> } | { large: number }} Held a value as the editor holds it
 * @typedef {{ text: string } | { base64: string } | { file: Blob }} NewValue
 * @typedef {{ value: NewValue | null, metadataText: string | null, expiration: number | null }} Draft
 * @typedef {{ etag?: string | null, creating: boolean, sent?: (bytes: number, total: number) => void }} Condition of a write
 *
 * `action` labels the button that submits, there is none without it; `missing` says what keeps it from being submitted.
 * @typedef {{ title: string, body: import("./dom.js").Child[], testid: string, action?: string, dangerous?: boolean,
 *   dismiss?: string, missing?: () => string | null, onSubmit?: () => unknown, onClose?: () => void }} ModalOptions
 */
export {};
