// The bodies of the API, written from the types of Sources/KVAPI by a test of Tests/KVAPITests, which fails on any difference.
// Only the type checker reads this: no browser loads it.

declare namespace API {
	type Problem = {
		type: string
		title: string
		status: number
		detail: string
		code: string
		requestId: string
	}
	type StoreList = {
		stores: Store[]
	}
	type Store = {
		name: string
		engine: string
		label: string
		limits: Limits
		capabilities: Capabilities
		remote: boolean
		protectsNamespaces: boolean
		pace?: Pace
		protected: boolean
		reachable: boolean
	}
	type Limits = {
		keyBytes: number
		valueBytes: number
		metadataBytes: number
		minimumTTL: number
	}
	type Capabilities = {
		costsQuota: boolean
		transactionalWrites: boolean
		conditionalWrites: boolean
		reportsPriorExistence: boolean
		cheapCount: boolean
		protectsNamespaces: boolean
		metadata: boolean
		ttl: boolean
		exactBatchReads: boolean
		streamsValues: boolean
	}
	type Pace = {
		quota: string
		requests: number
		seconds: number
		remaining: number
		waiting: number
		throttledUntil: string | null
	}
	type NamespacePage = {
		namespaces: Namespace[]
		cursor: string | null
	}
	type Namespace = {
		id: string
		title: string
		keyCount?: number
		valueBytes?: number
		createdAt?: string
		changedAt?: string
		protected: boolean
	}
	type NamespaceCreation = {
		title: string
	}
	type NamespaceUpdate = {
		title?: string
		protected?: boolean
	}
	type KeyPage = {
		keys: KeyInfo[]
		folders?: Folder[]
		keyCount?: number | null
		cursor: string | null
	}
	type KeyInfo = {
		name: string
		size?: number
		expiration?: number
		metadata?: unknown
		tags?: string[]
		color?: string
		customMetadata?: unknown
	}
	type Folder = {
		prefix: string
		keyCount?: number
	}
	type Entry = {
		name: string
		value?: string
		valueBase64?: string
		size: number
		expiration?: number
		metadata?: unknown
		tags?: string[]
		color?: string
		customMetadata?: unknown
		etag: string | null
	}
	type WrittenEntry = {
		name: string
		size: number
		expiration?: number
		metadata?: unknown
		etag: string | null
	}
	type KeyList = {
		list: string
		keys: number
		format: string
	}
	type JobPage = {
		jobs: Job[]
		cursor: string | null
		total: number
		totalIsExact: boolean
	}
	type Job = {
		id: string
		kind: string
		state: string
		newerVersion?: boolean
		store: string
		namespace: string
		namespaceTitle: string
		selection?: SelectedKeys
		target: JobTarget | null
		collision?: string
		newPrefix?: string
		expiration?: number
		never?: boolean
		add?: string[]
		remove?: string[]
		replace?: string[]
		color?: string | null
		force?: boolean
		format?: string
		gzip?: boolean
		neutralizeFormulas?: boolean
		strict?: boolean
		exact?: boolean
		createdAt: string
		startedAt: string | null
		finishedAt: string | null
		createdBy: string
		connection: string | null
		progress: JobProgress
		error: JobError | null
		download: Download | null
		retryOf: string | null
		undoOf: string | null
		undoneBy: string | null
		undoable: boolean
		failuresRecorded: number
	}
	type SelectedKeys = {
		all?: boolean
		prefix?: string
		named?: boolean
	}
	type JobTarget = {
		store: string
		namespace: string
	}
	type JobProgress = {
		sequence: number
		total: number | null
		processed: number
		succeeded: number
		failed: number
		skipped: number
		missing: number
		bytes: number
		currentKey: string | null
		percentage: number | null
		ratePerSecond: number | null
		etaSeconds: number | null
		requests: number
		throttledUntil: string | null
		checking: FileCheck | null
		notice: string | null
	}
	type FileCheck = {
		bytes: number
		totalBytes: number
	}
	type JobError = {
		code: string
		detail: string
	}
	type Download = {
		name: string
		bytes: number
		url: string
	}
	type JobRequest = {
		kind: string
		store: string
		namespace: string
		selection: Selection
		target?: JobTarget
		collision?: string
		oldPrefix?: string
		newPrefix?: string
		expiration?: number
		ttl?: number
		never?: boolean
		add?: string[]
		remove?: string[]
		replace?: string[]
		color?: string | null
		format?: string
		gzip?: boolean
		neutralizeFormulas?: boolean
		exact?: boolean
		undoable?: boolean
		plan?: boolean
	}
	type Selection = {
		keys?: string[]
		list?: string
		prefix?: string
		all?: boolean
	}
	type JobPlan = {
		keys: number
		complete: boolean
		missing: number | null
		requests: number
		seconds: number
		bytes: number | null
		sample: string[]
		warnings: Warning[]
		undoable: boolean
	}
	type Warning = {
		code: string
		detail: string
	}
	type JobEventList = {
		events: JobEvent[]
	}
	type JobEvent = {
		at: string
		type: string
		detail: string
	}
	type JobFailurePage = {
		failures: JobFailure[]
		cursor: string | null
	}
	type JobFailure = {
		key: string | null
		line?: number
		code: string
		detail: string
		attempts: number
	}
	type ProgressMessage = {
		type: "error" | "finished" | "progress"
		job?: Job
		code?: string
		detail?: string
	}
	type WatcherMessage = {
		type: "cancel" | "pause" | "resume"
	}
	type AuditPage = {
		audit: AuditRecord[]
		cursor: string | null
	}
	type AuditRecord = {
		at: string
		who: string
		via: string
		action: string
		store: string
		namespace: string
		namespaceTitle: string | null
		key: string | null
		count: number
		job: string | null
		jobKind: string | null
		detail: string
		request: string | null
	}
	type BackupList = {
		backups: Backup[]
	}
	type Backup = {
		name: string
		state: "complete" | "creating" | "failed"
		createdAt: string
		version: string
		files: number
		bytes: number
		error: JobError | null
		check: BackupCheck | null
	}
	type BackupCheck = {
		state: "failed" | "passed" | "running"
		at: string | null
		faults: string[]
	}
	type Monitor = {
		secondsEach: number
		requests: number[]
		throttled: number[]
		errors: number[]
		p99Milliseconds: (number | null)[]
		keys: number[]
		now: MonitorNow
		log: LogLine[]
	}
	type MonitorNow = {
		webSockets: number
		webSocketsRefused: number
		inFlight: number
		memoryBytes: number
		p99Milliseconds: number | null
		stores: StoreFigures[]
	}
	type StoreFigures = {
		name: string
		requests: number
		throttled: number
		waiting: number
	}
	type LogLine = {
		at: string
		level: string
		message: string
		fields: string[]
	}
	type StorageSize = {
		bytes: number
		freeBytes: number
		kinds: StorageKind[]
	}
	type StorageKind = {
		kind: string
		bytes: number
	}
	type GatewayUsage = {
		requests: number
		throttled: number
		faults: number
		byRoute: Record<string, number>
	}
	type Health = {
		status: string
	}
	type Version = {
		name: string
		version: string
	}
}
