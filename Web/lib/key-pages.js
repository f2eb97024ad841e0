import {Source} from "./view.js"

const ROWS_AT_MOST = 250_000

/** The keys under a prefix as rows, fetched page by page. Changes when rows arrive or fail to. */
export class KeyPages extends Source {
	/** @type {API.KeyInfo[]} */
	keys = []
	/** @type {number | null} */
	total = null
	/** @type {string | null} */
	cursor = null
	complete = false
	loading = false
	/** @type {unknown} */
	error = null
	leaving = new AbortController()

	/** @param {FetchPage} fetchPage */
	constructor(fetchPage) {
		super()
		this.fetchPage = fetchPage
	}

	get length() {
		return this.keys.length
	}

	get full() {
		return !this.complete && this.length >= ROWS_AT_MOST
	}

	async more() {
		if (this.loading || this.complete || this.full) return
		this.loading = true
		this.error = null
		const from = this.length
		try {
			// An empty page with more to follow is passed over.
			while (this.length === from && !this.complete) await this.next()
		} catch (error) {
			if (this.leaving.signal.aborted) return
			this.error = error
		} finally {
			this.loading = false
		}
		this.changed()
	}

	async next() {
		const {cursor} = this, first = this.length === 0 && cursor === null
		const page = await this.fetchPage(cursor, first, this.leaving.signal)
		if (first) this.total = page.keyCount ?? null
		for (const key of page.keys) this.keys.push(key)
		this.cursor = page.cursor
		this.complete = page.cursor === null
		if (this.complete) this.total = this.length
	}

	/** Loads until a row exists, or there are no more. */
	async reach(index = 0) {
		while (this.length <= index && !this.complete && !this.full && this.error === null) {
			const before = this.length
			await this.more()
			if (this.length === before) return
		}
	}

	/** Both ends included. */
	names(from = 0, to = this.length - 1) {
		return this.keys.slice(from, to + 1).map((key) => key.name)
	}

	stop() {
		this.leaving.abort()
	}
}

/** Which keys a bulk action takes: named ones, or all that match the prefix. */
export class Selection extends Source {
	/** @type {Set<string>} */
	names = new Set()
	all = false

	get empty() {
		return !this.all && this.names.size === 0
	}

	has(name = "") {
		return this.all || this.names.has(name)
	}

	/** @param {Iterable<string>} names */
	set(names, on = false) {
		for (const name of names) on ? this.names.add(name) : this.names.delete(name)
		this.changed()
	}

	/** These keys and no others, or `all`. @param {Iterable<string>} [names] @param {boolean} [all] */
	only(names = [], all = false) {
		this.all = all
		this.names = new Set(names)
		this.changed()
	}

	/** @returns {JobSelection} */
	asked(prefix = "") {
		if (!this.all) return {keys: [...this.names]}
		return prefix ? {prefix} : {all: true}
	}
}
