// The shapes that the files of Web/ share. Only the type checker reads this (deno.json names it): no browser loads it.

type Maybe<T> = T | null | undefined

// What the API answers.

type Limits = {keyBytes: number; valueBytes: number; metadataBytes: number; minimumTTL: number}
type Capabilities = {costsQuota: boolean; protectsNamespaces: boolean; metadata: boolean; ttl: boolean}
type Store = {
	name: string
	engine: string
	label?: string | null
	limits: Limits
	protected: boolean
	reachable: boolean
	capabilities: Capabilities
	/** Of a store whose requests cost a quota. */
	pace?: Pace
}
type Pace = {requests: number; seconds: number; remaining: number}
/** Where a namespace is: which store, and which one in it. Namespaces and routes are places, too. */
type Place = {store: string; id: string}
/** The API does not say the store, since whoever asks knows it; `api` adds it. */
type Namespace = Place & {
	title: string
	protected: boolean
	keyCount?: number | null
	valueBytes?: number | null
	createdAt?: string | null
	changedAt?: string | null
}
type NamespacePage = {namespaces: Namespace[]; cursor: string | null}
type Annotation = {tags?: string[]; color?: string}
type KeyItem = Annotation & {name: string; expiration?: number | null; metadata?: unknown; size?: number | null}
type Folder = {prefix: string; keyCount?: number | null}
type FolderRow = Folder & {depth: number}
type KeyPage = {keys: KeyItem[]; folders?: Folder[]; cursor: string | null; keyCount?: number | null}
/** It expires at Unix seconds. Its metadata are their own JSON text, never parsed and printed again: that would lose digits. */
type Entry = Annotation & {
	name: string
	value?: string
	valueBase64?: string
	size: number
	expiration?: number | null
	etag?: string
	metadataText: string | null
	customText: string | null
}
type Progress = {
	sequence: number
	total: number | null
	processed: number
	succeeded: number
	failed: number
	skipped: number
	missing: number
	bytes: number
	requests: number
	currentKey: string | null
	percentage: number | null
	ratePerSecond: number | null
	etaSeconds: number | null
	throttledUntil: string | null
	checking: {bytes: number; totalBytes: number} | null
	notice: string | null
}
type JobState = "queued" | "running" | "paused" | "completed" | "incomplete" | "failed" | "cancelled"
type Job = {
	id: string
	kind: string
	state: JobState
	newerVersion?: true
	store: string
	namespace: string
	namespaceTitle?: string | null
	target?: {store?: string; namespace?: string; namespaceTitle?: string | null} | null
	progress: Progress
	createdAt: string
	startedAt: string | null
	finishedAt: string | null
	createdBy?: string
	error: {code: string; detail: string} | null
	download: {name: string; bytes: number; url: string} | null
	retryOf: string | null
	undoOf: string | null
	undoneBy?: string | null
	undoable: boolean
}
/** What a job would do. Unless it is `complete` there are at least so many keys. */
type Plan = {
	keys: number
	complete: boolean
	missing: number | null
	requests: number
	seconds: number
	bytes: number | null
	sample: string[]
	warnings: {code: string; detail: string}[]
	undoable: boolean
}
type JobTarget = NonNullable<Job["target"]>
type JobPage = {jobs: Job[]; cursor: string | null; total: number; totalIsExact: boolean}
/** Series are of stretches of `secondsEach`, the oldest first. */
type Monitor = {
	secondsEach: number
	requests: number[]
	throttled: number[]
	errors: number[]
	p99Milliseconds: (number | null)[]
	keys: number[]
	now: {
		webSockets: number
		webSocketsRefused: number
		inFlight: number
		memoryBytes: number
		p99Milliseconds: number | null
		stores: {name: string; requests: number; throttled: number; waiting: number}[]
	}
	log: LogLine[]
}
type LogLine = {at: string; level: string; message: string; fields: string[]}
type JobEvent = {at: string; type: string; detail?: unknown}
type Failure = {key: string | null; line?: number | null; code: string; detail: string; attempts: number}
type AuditLine = {
	at: string
	who: string
	via: string
	action: string
	store?: string | null
	namespace?: string | null
	namespaceTitle?: string | null
	key?: string | null
	count?: number | null
	job?: string | null
	jobKind?: string | null
	detail?: unknown
}
/** The size of the data folder and what it is made of. */
type DataFolder = {bytes: number; freeBytes: number; kinds: {kind: string; bytes: number}[]}
type JobSelection = {keys: string[]} | {list: string} | {prefix: string} | {all: boolean}

// How it is asked.

/** Of a query. */
type Fields = Record<string, Maybe<string | number | boolean>>
type Page = {cursor?: string | null; limit?: number}
/** Told of the cursor, of whether this is the first page, and of when to give up. */
type FetchPage = (cursor: string | null, first: boolean, signal: AbortSignal) => Promise<KeyPage>
type UploadOptions = {headers?: Record<string, string>; signal?: AbortSignal; sent?: Sent}
type RequestOptions = {body?: BodyInit; json?: unknown; headers?: Record<string, string>; signal?: AbortSignal}
type EntryAddress = (place: Place, key: string, more?: Fields) => string
type Addresses = {
	namespaces: (store: string) => string
	namespace: (place: Place) => string
	entry: EntryAddress
	value: EntryAddress
	job: (id: string) => string
	keyLists: string
}
type API = {
	stores(): Promise<{stores: Store[]}>
	namespaces(store: string, page?: Page & {query?: string}, signal?: AbortSignal): Promise<NamespacePage>
	namespace(place: Place, signal?: AbortSignal): Promise<Namespace>
	createNamespace(store: string, title: string): Promise<unknown>
	changeNamespace(place: Place, change: {title?: string; protected?: boolean}): Promise<Namespace>
	deleteNamespace(place: Place): Promise<unknown>
	keys(
		place: Place,
		page: Page & {prefix?: string; delimiter?: string; count?: boolean},
		signal?: AbortSignal
	): Promise<KeyPage>
	deleteEntry(place: Place, key: string): Promise<unknown>
	startJob(job: object, idempotencyKey: string): Promise<Job>
	jobs(filter: Fields, signal?: AbortSignal): Promise<JobPage>
	job(id: string, wait?: {after?: number; wait?: number}, signal?: AbortSignal): Promise<Job>
	planJob(job: object, signal: AbortSignal): Promise<Plan>
	tellJob(id: string, verb: string): Promise<Job>
	deleteJob(id: string): Promise<unknown>
	jobEvents(id: string, signal?: AbortSignal): Promise<{events: JobEvent[]}>
	jobFailures(id: string, page: Page, signal?: AbortSignal): Promise<{failures: Failure[]; cursor: string | null}>
	monitor(signal?: AbortSignal): Promise<Monitor>
	audit(filter: Fields, signal?: AbortSignal): Promise<{audit: AuditLine[]; cursor: string | null}>
	storage(signal?: AbortSignal): Promise<DataFolder>
}
/** Told how much of a body has gone out. */
type Sent = (bytes: number, total: number) => void

// What the interface keeps in mind.

/** A store and what is known of its namespaces. */
type Shelf = Store & {namespaces: Namespace[]; cursor: string | null; loaded: boolean; error: string | null}
/** `by` is the delimiter that makes folders, when one was chosen. A job's page has the job's `id`. */
type Route = Place & {
	view: "namespaces" | "keys" | "jobs" | "job" | "audit" | "monitor" | "nowhere"
	/** The query of the address, as it stands. */
	search: string
	key: string | null
	prefix: string
	by: string | null
}
type Connection = "idle" | "connecting" | "websocket" | "reconnecting" | "polling" | "lost" | "closed"
type JobWatch = import("./Web/lib/job-watch.js").JobWatch
/** `milestone` is the quarter that was last spoken of. */
type Followed = {id: string; watch: JobWatch; release: () => void; inDialog: boolean; milestone: number}

/** A value as the editor holds it. */
type Held = {text: string} | {bytes: Uint8Array<ArrayBuffer>} | {large: number}
type ToldOfMember = (name: string | null, text: string) => void
/** Of an object, or without a name of an array, as it literally stands. */
type Member = {name: string | null; literal: string}
type Mode = "text" | "json" | "tree" | "hex"
/** Where the bytes of a value are read from, part by part; `to` is not included. */
type Bytes = {size: number; read(from: number, to: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>}
type NewValue = {text: string} | {base64: string} | {file: Blob}
/** When an entry expires: in Unix seconds, or in so many seconds from now; neither for never. */
type Lifetime = {expiration?: number; ttl?: number}
type Draft = {
	/** What is said of it, as members of JSON. */
	annotation: string[]
	value: NewValue | null
	metadataText: string | null
	lifetime: Lifetime
	/** The key whose value it keeps. */
	origin: string
}
/** Of a write. Without an etag the one of the value that is read meanwhile counts; null is none at all. */
type Condition = {etag?: string | null; creating: boolean; sent?: Sent}

// How the page is built.

type Child = Maybe<Node | string | number | false>
type Children = (Child | Child[])[]
// deno-lint-ignore no-explicit-any
type Attributes = Record<string, any>
/** Attributes, or a class alone: see `h`. */
type Given = Attributes | string
type Press = (label: Child | Child[], act: (() => unknown) | null, given?: Given) => HTMLButtonElement
/** `action` labels the button that submits, there is none without it; `missing` says what keeps it from being submitted. */
type ModalOptions = {
	title: string
	body: Child[]
	testid: string
	action?: string
	dangerous?: boolean
	dismiss?: string
	missing?: () => string | null
	/** Told of every change, and of the button that submits. */
	changed?: (submit: HTMLButtonElement) => void
	/** What leads on from an error, if there is something. */
	remedy?: (error: {code?: string}) => Child
	onSubmit?: () => unknown
	onClose?: () => void
}
/** What a dialog asks about a kind of job. `how` gives the fields of the job, null while something is missing. */
type Part = {
	then: string
	fields: Child[]
	// deno-lint-ignore no-explicit-any
	how: () => Record<string, any> | null
	/** Of the namespace that is written to, where it is another. */
	title?: () => string
	/** Whether it deletes or overwrites; null: it changes nothing. */
	destroys?: (() => boolean) | null
}
type MakePart = (namespace: Namespace, selection: JobSelection) => Part
type OpenJob = (kind: string, namespace: Namespace, selection: JobSelection, number?: number | null) => void
type Question = {title: string; text: Child[]; action: string; dismiss?: string; testid: string}
/** `options` are value and label; without them it is a field of some `type`. */
/** An item of a list that comes page by page: of a namespace, as a rule. */
type Listed = {namespace?: string | null; namespaceTitle?: string | null}
type FilterField = {name: string; words: string; options?: string[][]; type?: string}
type FormState = {
	limits: Limits
	capabilities: Pick<Capabilities, "metadata" | "ttl">
	shut: boolean
	downloadPath: string | null
}
/** Keys that something can be done with: which, how many as far as that is known, and whether they are protected. */
type KeysAtHand = {namespace: Namespace; asked: () => JobSelection; number: number | null; shut: boolean}
type CrumbNames = {shelf: Shelf | undefined; namespace: string; delimiter: string; chip: Element}
type Act = () => void
/** What virtual rows show: how many, and how high in pixels. */
type RowSource = {
	length(): number
	height(): number
	/** A row that is always there; -1 for none. */
	kept(): number
	item(index: number): unknown
	make(index: number): HTMLElement
	/** Told of the last row painted. */
	reached(index: number): void
}
/** Something to go to or to do, with an icon and a word on it. */
type Choice = {words: string; sign?: string; hint?: string; act: () => unknown}
type RowState = {chosen: boolean; opened: boolean; active: boolean; prefix: string; link: string}
