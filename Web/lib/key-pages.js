import { Source } from "./view.js";

const PAGES_KEPT = 24;
const ROWS_AT_MOST = 400_000;

/**
 * The keys under a prefix as rows, fetched page by page. Pages far from the one last looked at are dropped and fetched again
 * by their cursor. Changes when rows arrive or fail to.
 */
export class KeyPages extends Source {
	/** @type {Rows[]} */
	pages = [];
	length = 0;
	/** @type {number | null} */
	total = null;
	/** @type {string | null} */
	cursor = null;
	complete = false;
	loading = false;
	/** @type {unknown} */
	error = null;
	seen = 0;
	leaving = new AbortController();

	/** @param {FetchPage} fetchPage */
	constructor(fetchPage) {
		super();
		this.fetchPage = fetchPage;
	}

	get full() {
		return !this.complete && this.length >= ROWS_AT_MOST;
	}

	get whole() {
		return this.complete && this.pages.every((page) => page.keys !== null);
	}

	async more() {
		if (this.loading || this.complete || this.full) return;
		await this.trying(this, async () => {
			this.error = null;
			const from = this.length;
			// An empty page with more to follow is passed over.
			while (this.length === from && !this.complete) await this.next();
		});
	}

	/** @param {{ loading: boolean }} what is loading meanwhile @param {() => Promise<void>} work */
	async trying(what, work) {
		what.loading = true;
		try {
			await work();
		} catch (error) {
			if (this.leaving.signal.aborted) return;
			this.error = error;
		} finally {
			what.loading = false;
		}
		this.changed();
	}

	async next() {
		const { cursor } = this, first = this.pages.length === 0 && cursor === null;
		const page = await this.fetchPage(cursor, first, this.leaving.signal), { keys } = page;
		if (first) this.total = page.keyCount ?? null;
		if (keys.length > 0) {
			this.pages.push({ cursor, start: this.length, length: keys.length, keys, loading: false });
			this.length += keys.length;
		}
		this.cursor = page.cursor;
		this.complete = page.cursor === null;
		if (this.complete) this.total = this.length;
		this.trim();
	}

	/** Loads until a row exists, or there are no more. @param {number} index */
	async reach(index) {
		while (this.length <= index && !this.complete && !this.full && this.error === null) {
			const before = this.length;
			await this.more();
			if (this.length === before) return;
		}
	}

	/** @param {number} index */
	pageOf(index) {
		let low = 0, high = this.pages.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.pages[middle].start <= index) low = middle;
			else high = middle - 1;
		}
		return low;
	}

	/** The key of a row; undefined while its page is fetched again. @param {number} index */
	row(index) {
		if (index < 0 || index >= this.length) return undefined;
		const number = this.pageOf(index);
		this.seen = number;
		const page = this.pages[number];
		if (page.keys === null) this.again(number);
		return page.keys?.[index - page.start];
	}

	/** @param {number} number */
	async again(number) {
		const page = this.pages[number];
		if (page.loading) return;
		await this.trying(page, async () => {
			const { keys } = await this.fetchPage(page.cursor, false, this.leaving.signal);
			page.keys = keys.slice(0, page.length);
			this.trim();
		});
	}

	trim() {
		const here = this.pages.map((page, number) => ({ page, far: Math.abs(number - this.seen) }))
			.filter(({ page, far }) => page.keys !== null && far > 0 && page !== this.pages.at(-1))
			.sort((a, b) => b.far - a.far);
		for (const { page } of here.slice(0, Math.max(0, here.length - PAGES_KEPT))) page.keys = null;
	}

	/** As far as they are in memory; both ends included. @param {number} from @param {number} to */
	names(from = 0, to = this.length - 1) {
		return this.pages.flatMap(({ keys, start }) =>
			start > to || keys === null
				? []
				: keys.slice(Math.max(0, from - start), to - start + 1).map((key) => key.name)
		);
	}

	/** The same, with what was dropped fetched again. @param {number} from @param {number} to */
	async between(from, to) {
		const names = new Set(this.names(from, to));
		const missing = this.pages.filter(({ keys, start, length }) =>
			keys === null && start <= to && start + length > from
		);
		for (const page of missing) {
			await this.again(this.pages.indexOf(page));
			const last = Math.min(to, page.start + page.length - 1);
			for (const name of this.names(Math.max(from, page.start), last)) names.add(name);
		}
		return names;
	}

	/** @param {string} name */
	find(name) {
		for (const page of this.pages) {
			const key = page.keys?.find((one) => one.name === name);
			if (key) return key;
		}
	}

	stop() {
		this.leaving.abort();
	}
}

/** Which keys a bulk action takes: named ones, or all that match the prefix. */
export class Selection extends Source {
	/** @type {Set<string>} */
	names = new Set();
	all = false;

	get empty() {
		return !this.all && this.names.size === 0;
	}

	/** @param {string} name */
	has(name) {
		return this.all || this.names.has(name);
	}

	/** @param {Iterable<string>} names @param {boolean} on */
	set(names, on) {
		for (const name of names) on ? this.names.add(name) : this.names.delete(name);
		this.changed();
	}

	selectAll() {
		this.only([], true);
	}

	clear() {
		this.only([]);
	}

	/** These keys and no others, or `all`. @param {Iterable<string>} names @param {boolean} [all] */
	only(names, all = false) {
		this.all = all;
		this.names = new Set(names);
		this.changed();
	}

	/** @param {string} prefix @returns {JobSelection} */
	asked(prefix) {
		if (!this.all) return { keys: [...this.names] };
		return prefix ? { prefix } : { all: true };
	}
}
