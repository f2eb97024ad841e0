import {api, isAbort, reason} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {button, div, fill, h, icon, select} from "../lib/dom.js"
import {keysSign, marked, visible} from "../lib/format.js"
import {keysAt, router} from "../lib/router.js"
import {View} from "../lib/view.js"
import {VirtualRows} from "../lib/virtual-rows.js"

const DELIMITERS = ["/", ":", ".", "|"]

/** The delimiter that most of these names share; null when none is at work. @param {string[]} names */
export function likelyDelimiter(names) {
	const uses = DELIMITERS.map((one) => ({one, times: names.filter((name) => name.indexOf(one) > 0).length}))
	const best = uses.reduce((a, b) => (b.times > a.times ? b : a))
	return best.times > 0 && best.times * 5 >= names.length ? best.one : null
}

/** The prefixes on the way down to this one, each with its last step. */
export function stepsTo(prefix = "", by = "") {
	const steps = prefix.split(by).slice(0, -1)
	return steps.map((step, index) => ({step, to: steps.slice(0, index + 1).join(by) + by}))
}

const PAGE = 1000
const FETCH_AHEAD = 100
const FOLDERS_AT_MOST = 250_000

/** The path down to the prefix and the folders below it, made of the keys' names by a delimiter. */
export class KvFolders extends View {
	/** @type {Place} */
	place = {store: "", id: ""}
	/** @type {string | null} the prefix whose folders are shown */
	within = null
	by = "/"
	/** Whether the address has to carry the delimiter. */
	chosen = false
	/** @type {FolderRow[]} the way down, and then the folders */
	rows = []
	/** @type {string | null} */
	cursor = null
	/** @type {string | null} */
	error = null
	loading = false
	asking = new AbortController()
	head = div("folders-head")
	body = div("folder-rows")
	note = div("folders-note")
	nav = h("nav", {"aria-label": "Folders"}, this.body, this.note)
	view = new VirtualRows(this.nav, this.body, this.source)
	height = 0
	resized = new ResizeObserver(() => {
		this.height = 0
		this.view.soon()
	})

	/** @override */
	connected() {
		this.on(this.nav, "scroll", () => this.view.soon())
		this.resized.observe(this.nav)
		this.on(this.signal, "abort", () => this.resized.disconnect())
	}

	/** @returns {RowSource} */
	get source() {
		return {
			length: () => this.rows.length,
			height: () => this.height ||= Number.parseFloat(getComputedStyle(this).getPropertyValue("--folder")),
			kept: () => -1,
			item: (index) => this.rows[index],
			make: (index) => this.link(this.rows[index]),
			reached: (last) => void (last >= this.rows.length - FETCH_AHEAD && !this.costs && this.more())
		}
	}

	/** Whether a request costs something: then the next folders are fetched only when somebody asks for them. */
	get costs() {
		return !catalog.isFree(this.place.store)
	}

	more() {
		return this.cursor === null ? null : this.fetch()
	}

	/** @param {Route} route @param {string} by */
	show({store, id, prefix, by: chosen}, by) {
		const parents = stepsTo(prefix, by).map(({to}, index) => ({prefix: to, depth: index + 1}))
		Object.assign(this, {
			place: {store, id},
			within: prefix,
			by,
			chosen: chosen !== null,
			cursor: null,
			error: null
		})
		this.asking.abort()
		this.asking = new AbortController()
		this.loading = false
		return this.fetch([{prefix: "", depth: 0}, ...parents])
	}

	/** The next folders; with a `way` down to them, the first. @param {FolderRow[]} [way] */
	async fetch(way) {
		if (this.loading) return
		const {signal} = this.asking, prefix = this.within ?? "", depth = stepsTo(prefix, this.by).length + 1
		this.loading = true
		try {
			const asked = {prefix, delimiter: this.by, limit: PAGE, cursor: this.cursor}
			const {folders = [], cursor} = await api.keys(this.place, asked, signal)
			if (signal.aborted) return
			const found = folders.map((folder) => ({...folder, depth}))
			this.rows = [...(way ?? this.rows), ...found]
			this.cursor = this.rows.length < FOLDERS_AT_MOST ? cursor : null
			this.error = null
		} catch (error) {
			if (isAbort(error)) return
			this.error = reason(error)
			if (way) this.rows = way
			this.cursor = null
		}
		this.loading = false
		if (way) this.view.clear()
		this.render()
		// Where there is room for few, they are those below the prefix, and not the way down to it.
		if (way) this.nav.scrollTop = (way.length - 1) * this.height
	}

	render() {
		const {by, rows, error} = this
		this.hidden = rows.length <= 1 && !error && !this.chosen
		if (!this.head.firstChild || this.head.dataset.by !== by) this.showHead()
		const more = this.cursor !== null && this.costs && button("Look for more", () => this.more(), "quiet")
		fill(this.note, error && h("p", "rail-note bad", error), more)
		this.view.paint()
	}

	showHead() {
		const {by} = this, given = {"aria-label": "What folders are made by", testid: "delimiter"}
		const choose = select(DELIMITERS.map((one) => [one]), by, given)
		choose.addEventListener("change", () => router.go(keysAt({...this.place, by: choose.value})))
		this.head.dataset.by = by
		fill(this.head, h("span", {}, "Folders by"), choose)
		if (!this.firstChild) fill(this, this.head, this.nav)
	}

	/** @param {FolderRow} row */
	link({prefix, depth, keyCount}) {
		const {by, within, place} = this,
			last = prefix.slice(prefix.lastIndexOf(by, prefix.length - by.length - 1) + 1)
		const link = h(
			"a",
			{
				href: keysAt({...place, prefix, by: this.chosen ? by : null}),
				title: visible(prefix) || "All keys",
				"aria-current": prefix === within && "true",
				testid: "folder"
			},
			icon(prefix ? "folder" : "box"),
			h("bdi", prefix ? "grow mono" : "grow", prefix ? marked(last) : "All keys"),
			keysSign(keyCount)
		)
		link.style.setProperty("--depth", String(Math.min(depth, 6)))
		return link
	}
}

customElements.define("kv-folders", KvFolders)
