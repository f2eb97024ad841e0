/** @import { KeyItem, KeyPage } from "./types.js" */

/**
 * The keys under a prefix as rows, fetched page by page. Pages far from the one last looked at are dropped and fetched again
 * by their cursor. Emits `change` when rows arrive or fail to.
 */
export class KeyPages extends EventTarget {
	/** @type {{ cursor: string | null, start: number, length: number, keys: KeyItem[] | null, loading: boolean }[]} */
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

	/**
	 * @param {(cursor: string | null, first: boolean, signal: AbortSignal) => Promise<KeyPage>} fetchPage
	 * @param {{ kept?: number, most?: number }} [bounds] pages in memory, rows in all
	 */
	constructor(fetchPage, { kept = 24, most = 400_000 } = {}) {
		super();
		this.fetchPage = fetchPage;
		this.kept = kept;
		this.most = most;
	}

	get full() {
		return !this.complete && this.length >= this.most;
	}

	get whole() {
		return this.complete && this.pages.every((page) => page.keys !== null);
	}

	/** An empty page with more to follow is passed over. */
	async more() {
		if (this.loading || this.complete || this.full) return;
		this.loading = true;
		this.error = null;
		try {
			const from = this.length;
			while (this.length === from && !this.complete) await this.next();
		} catch (error) {
			if (this.leaving.signal.aborted) return;
			this.error = error;
		} finally {
			this.loading = false;
		}
		this.changed();
	}

	async next() {
		const cursor = this.cursor;
		const first = this.pages.length === 0 && cursor === null;
		const page = await this.fetchPage(cursor, first, this.leaving.signal);
		if (first) this.total = page.keyCount ?? null;
		if (page.keys.length > 0) {
			this.pages.push({ cursor, start: this.length, length: page.keys.length, keys: page.keys, loading: false });
			this.length += page.keys.length;
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
		page.loading = true;
		try {
			const { keys } = await this.fetchPage(page.cursor, false, this.leaving.signal);
			page.keys = keys.slice(0, page.length);
			this.trim();
		} catch (error) {
			if (this.leaving.signal.aborted) return;
			this.error = error;
		} finally {
			page.loading = false;
		}
		this.changed();
	}

	trim() {
		const here = this.pages.map((page, number) => ({ page, far: Math.abs(number - this.seen) }))
			.filter(({ page, far }) => page.keys !== null && far > 0 && page !== this.pages[this.pages.length - 1])
			.sort((a, b) => b.far - a.far);
		for (const { page } of here.slice(0, Math.max(0, here.length - this.kept))) page.keys = null;
	}

	/** As far as they are in memory; both ends included. @param {number} from @param {number} to */
	names(from = 0, to = this.length - 1) {
		const names = [];
		for (const page of this.pages) {
			if (page.keys === null || page.start > to || page.start + page.length <= from) continue;
			for (const key of page.keys.slice(Math.max(0, from - page.start), to - page.start + 1)) {
				names.push(key.name);
			}
		}
		return names;
	}

	/** The same, with what was dropped fetched again. @param {number} from @param {number} to */
	async between(from, to) {
		const missing = this.pages.map((page, number) => ({ page, number }))
			.filter(({ page }) => page.keys === null && page.start <= to && page.start + page.length > from);
		const names = new Set(this.names(from, to));
		for (const { page, number } of missing) {
			await this.again(number);
			for (const name of this.names(Math.max(from, page.start), Math.min(to, page.start + page.length - 1))) {
				names.add(name);
			}
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

	changed() {
		this.dispatchEvent(new Event("change"));
	}

	stop() {
		this.leaving.abort();
	}
}
