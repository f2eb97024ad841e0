// The shapes that the files of Web/ share. Only the type checker reads this (deno.json names it): no browser loads it.

type Maybe<T> = T | null | undefined

// What the API answers; its bodies are in API.d.ts.

/** Where a namespace is: which store, and which one in it. Namespaces and routes are places, too. */
type Place = {store: string; id: string}
/** The API does not say the store, since whoever asks knows it; `api` adds it. */
type Namespace = API.Namespace & {store: string}
type NamespacePage = {namespaces: Namespace[]; cursor: string | null}
type Annotation = Pick<API.KeyInfo, "tags" | "color">
type FolderRow = API.Folder & {depth: number}
/** Its metadata are their own JSON text, never parsed and printed again: that would lose digits. */
type Entry = Omit<API.Entry, "metadata" | "customMetadata"> & {metadataText: string | null; customText: string | null}
/** A namespace that a job works on: its own, or its target, which has no title. */
type JobNamespace = Partial<API.JobTarget> & {namespaceTitle?: string}
type Selected<Way extends keyof API.Selection> = Required<Pick<API.Selection, Way>>
type JobSelection = Selected<"keys"> | Selected<"list"> | Selected<"prefix"> | Selected<"all">

// How it is asked.

/** Of a query. */
type Fields = Record<string, Maybe<string | number | boolean>>
type Page = {cursor?: string | null; limit?: number}
/** Told of the cursor, of whether this is the first page, and of when to give up. */
type FetchPage = (cursor: string | null, first: boolean, signal: AbortSignal) => Promise<API.KeyPage>
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
type APIClient = {
	stores(): Promise<API.StoreList>
	namespaces(store: string, page?: Page & {query?: string}, signal?: AbortSignal): Promise<NamespacePage>
	namespace(place: Place, signal?: AbortSignal): Promise<Namespace>
	createNamespace(store: string, title: string): Promise<unknown>
	changeNamespace(place: Place, change: {title?: string; protected?: boolean}): Promise<Namespace>
	deleteNamespace(place: Place): Promise<unknown>
	keys(
		place: Place,
		page: Page & {prefix?: string; delimiter?: string; count?: boolean},
		signal?: AbortSignal
	): Promise<API.KeyPage>
	deleteEntry(place: Place, key: string): Promise<unknown>
	startJob(job: object, idempotencyKey: string): Promise<API.Job>
	jobs(filter: Fields, signal?: AbortSignal): Promise<API.JobPage>
	job(id: string, wait?: {after?: number; wait?: number}, signal?: AbortSignal): Promise<API.Job>
	planJob(job: object, signal: AbortSignal): Promise<API.JobPlan>
	tellJob(id: string, verb: string): Promise<API.Job>
	deleteJob(id: string): Promise<unknown>
	jobEvents(id: string, signal?: AbortSignal): Promise<API.JobEventList>
	jobFailures(id: string, page: Page, signal?: AbortSignal): Promise<API.JobFailurePage>
	monitor(signal?: AbortSignal): Promise<API.Monitor>
	audit(filter: Fields, signal?: AbortSignal): Promise<API.AuditPage>
	storage(signal?: AbortSignal): Promise<API.StorageSize>
}
/** Told how much of a body has gone out. */
type Sent = (bytes: number, total: number) => void

// What the interface keeps in mind.

/** A store and what is known of its namespaces. */
type Shelf = API.Store & {namespaces: Namespace[]; cursor: string | null; loaded: boolean; error: string | null}
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
	limits: API.Limits
	capabilities: Pick<API.Capabilities, "metadata" | "ttl">
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
