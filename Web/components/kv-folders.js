import {api, isAbort, reason} from "../lib/api.js"
import {storeName, storeTag} from "../lib/catalog.js"
import {blank, button, div, failure, fill, h, icon, select, span} from "../lib/dom.js"
import {keysSign, marked, quoted, visible} from "../lib/format.js"
import {keysAt, router} from "../lib/router.js"
import {View} from "../lib/view.js"

const DELIMITERS = ["/", ":", ".", "|"]

/** The delimiter that most of these names share; null when none is at work. @param {string[]} names */
export function likelyDelimiter(names) {
	const uses = DELIMITERS.map((one) => ({one, times: names.filter((name) => name.indexOf(one) > 0).length}))
	const best = uses.reduce((a, b) => (b.times > a.times ? b : a))
	return best.times > 0 && best.times * 5 >= names.length ? best.one : null
}

/** The prefixes on the way down to this one, each with its last step. */
function stepsTo(prefix = "", by = "") {
	const steps = prefix.split(by).slice(0, -1)
	return steps.map((step, index) => ({step, to: steps.slice(0, index + 1).join(by) + by}))
}

/** The way to a prefix: store, namespace, folders. @param {Route} route @param {CrumbNames} names */
export function crumbs({store, id, prefix, by}, names) {
	const crumb = (to = "", name = "", kind = "crumb") => h("a", {href: to, class: kind}, h("bdi", {}, marked(name)))
	const folders = stepsTo(prefix, names.delimiter).flatMap(({step, to}) => [
		span("slash", names.delimiter),
		crumb(keysAt({store, id, prefix: to, by}), step)
	])
	return [
		crumb("/", names.shelf ? storeName(names.shelf) : store),
		names.shelf && storeTag(names.shelf),
		span("slash", "/"),
		crumb(keysAt({store, id}), names.namespace, "here"),
		...folders
	]
}

/** @param {string} prefix @param {unknown} error null for none @param {NoKeysActs} acts */
export function noKeys(prefix, error, {again, clear}) {
	if (error !== null) return failure(reason(error), again)
	if (prefix) return blank("", ["No key begins with ", quoted(prefix), "."], button("Show all keys", clear))
	return blank("box", ["No keys yet. Make one with “New key”, or bring many with “Import…”."])
}

/** The path down to the prefix and the folders below it, made of the keys' names by a delimiter. */
export class KvFolders extends View {
	/** @type {Place} */
	place = {store: "", id: ""}
	within = ""
	by = "/"
	/** Whether the address has to carry the delimiter. */
	chosen = false
	/** @type {Folder[]} */
	folders = []
	/** @type {string | null} */
	cursor = null
	/** @type {string | null} */
	error = null

	/** @param {Route} route @param {string} by */
	show({store, id, prefix, by: chosen}, by) {
		Object.assign(this, {place: {store, id}, within: prefix, by, chosen: chosen !== null})
		return this.fetch(null)
	}

	/** @param {string | null} cursor of the page that is asked for */
	async fetch(cursor) {
		this.leaving.abort()
		this.leaving = new AbortController()
		const asked = {prefix: this.within, delimiter: this.by, limit: 1000, cursor}
		try {
			const page = await api.keys(this.place, asked, this.signal)
			this.folders = [...(cursor === null ? [] : this.folders), ...(page.folders ?? [])]
			this.cursor = page.cursor
			this.error = null
		} catch (error) {
			if (isAbort(error)) return
			this.error = reason(error)
		}
		this.render()
	}

	render() {
		const {by, within, folders, cursor, error} = this, parents = stepsTo(within, by)
		this.hidden = parents.length === 0 && folders.length === 0 && !error && !this.chosen
		const given = {"aria-label": "What folders are made by", testid: "delimiter"}
		const choose = select(DELIMITERS.map((one) => [one]), by, given)
		choose.addEventListener("change", () => router.go(keysAt({...this.place, by: choose.value})))
		const links = [
			this.link("", 0),
			...parents.map(({to}, index) => this.link(to, index + 1)),
			...folders.map(({prefix, keyCount}) => this.link(prefix, parents.length + 1, keyCount))
		]
		const more = cursor !== null && button("Look for more", () => this.fetch(cursor), "quiet")
		const nav = h("nav", {"aria-label": "Folders"}, links, error && h("p", "rail-note bad", error), more)
		fill(this, div("folders-head", h("span", {}, "Folders"), choose), nav)
	}

	/** @param {string} prefix @param {number} depth @param {number | null} [keys] */
	link(prefix, depth, keys) {
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
			keysSign(keys)
		)
		link.style.setProperty("--depth", String(Math.min(depth, 6)))
		return link
	}
}

customElements.define("kv-folders", KvFolders)
