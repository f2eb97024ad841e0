import {api} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {div, fill, h} from "../lib/dom.js"
import {KeyPages, Selection} from "../lib/key-pages.js"
import {keysAt, router} from "../lib/router.js"
import {complain, keyDialogs, openImport, openJob, settled, View, whileBusy} from "../lib/view.js"
import {isGone, KeysHead, KeyStatus, KvBulkBar, noKeys} from "./keys-head.js"
import {KvFolders, likelyDelimiter} from "./kv-folders.js"
import {KvKeyTable} from "./kv-key-table.js"

const PAGE = 1000, FIRST_PAGE = 200
/** Milliseconds after the last key press at which a prefix becomes the address. */
const SETTLED_AFTER = 180

/** The keys of one namespace under a prefix, their folders, and one entry beside them. */
export class KvKeys extends View {
	route = router.route
	/** @type {Namespace} */
	namespace = {store: "", id: "", title: "", protected: false}
	selection = new Selection()
	/** @type {KeyPages | null} */
	pages = null
	/** The first of them. */
	coming = Promise.resolve()
	/** @type {string | null} the prefix that the rows belong to */
	listed = null
	/** @type {string | null} */
	delimiter = null
	/** Fetched when an entry is first shown. @type {import("./kv-entry.js").KvEntry | null} */
	entry = null
	head = new KeysHead(this)
	status = new KeyStatus(() => this.selection.only([], true))
	folders = Object.assign(new KvFolders(), {hidden: true})
	table = new KvKeyTable()
	bulk = new KvBulkBar()
	empty = div("nothing")
	list = h("section", {class: "list", "aria-label": "Keys"}, this.status.element, this.table, this.empty, this.bulk)
	body = div("keys-body", this.folders, this.list)

	/** @override */
	connected() {
		const {signal, table} = this, {field} = this.head
		this.className = "view keys-view"
		fill(this, this.head.element, this.body)
		const settle = settled(SETTLED_AFTER, () => this.goTo(field.value), signal)
		this.on(field, "input", () => {
			settle()
			this.peek(field.value)
		})
		this.on(signal, "abort", () => this.pages?.stop())
		this.on(this.selection, "change", () => this.showBulk())
		this.on(catalog, "change", () => this.known())
		this.on(table, "kv-open", ({detail}) => this.open(detail.name, detail.edit))
		table.linkTo = (name) => this.addressOf(name)
		this.on(document, "kv-changed", ({detail}) => detail.ids.includes(this.route.id) && this.refresh())
		this.takeKeys({
			"/": () => field.select(),
			j: () => table.input.move(1),
			k: () => table.input.move(-1),
			x: () => table.input.mark(),
			e: () => table.open(table.active, true),
			n: () => this.create(),
			Escape: () => this.escape()
		})
		this.offer(() => [
			...this.bulk.choices,
			...(this.shut ? [] : [
				{words: "New key", act: () => this.create()},
				{words: "Import into this namespace…", act: () => openImport(this.namespace)}
			]),
			{words: "Export these keys…", act: () => this.export()},
			{words: "Work on a list of keys…", act: () => keyDialogs((d) => d.openKeyList(this.namespace))}
		])
		router.guard = () => this.entry?.mayLeave() ?? true
	}

	escape() {
		if (this.entry && !this.entry.hidden) this.entry.close()
		else if (this.selection.empty) this.goTo("")
		else this.selection.only()
	}

	async panel() {
		const {KvEntry} = await import("./kv-entry.js")
		if (this.entry) return this.entry
		const entry = this.entry = new KvEntry()
		this.on(entry, "kv-closed", () => this.closed())
		this.on(entry, "kv-stored", ({detail}) => this.stored(detail.name))
		this.body.append(entry)
		entry.protect(this.shut)
		return entry
	}

	/** @param {Route} route */
	show(route) {
		const {prefix, by, key} = route, known = this.listed !== null
		this.route = route
		this.head.hold(prefix)
		this.table.opened = key
		if (!known) this.meet()
		if (prefix !== this.listed) this.fetch(false)
		else {
			this.table.repaint()
			if (this.folders.within !== prefix || (by !== null && by !== this.delimiter)) this.showFolders()
		}
		this.entry?.protect(this.shut)
		if (key !== null) whileBusy(() => this.showEntry(key)).catch(complain)
		else if (!this.entry?.creating) this.entry?.hide()
		this.showHead()
	}

	/** The list tells how large a value is, which spares a request. */
	async showEntry(key = "") {
		const [entry] = await Promise.all([this.entry ?? this.panel(), this.coming])
		if (this.route.key !== key) return
		entry.show(this.route, key, this.pages?.keys.find(({name}) => name === key))
		this.showHead()
	}

	/** Asks for the namespace itself, unless it is being asked for with all others. What is wrong with it its keys say, too. */
	async meet() {
		const {store, id} = this.route, coming = catalog.loading
		this.namespace = catalog.namespace(this.route) ?? {...this.namespace, store, id}
		const found = await whileBusy(async () => {
			await coming
			return (coming && catalog.namespace(this.route)) ?? api.namespace(this.route, this.signal).catch(() => null)
		})
		if (!found) return
		this.namespace = found
		catalog.learn(found)
	}

	/** Takes over what is known of the namespace and its store by now. */
	known() {
		this.namespace = catalog.namespace(this.route) ?? this.namespace
		this.entry?.protect(this.shut)
		this.showHead()
		this.showStatus()
		this.showBulk()
	}

	/** The keys under a prefix that is being typed, before it is an address. Where requests cost something, that is waited for. */
	peek(prefix = "") {
		if (prefix === this.listed || !catalog.isFree(this.route.store)) return
		this.route = {...this.route, prefix}
		this.fetch(false, false)
	}

	refresh() {
		this.meet()
		this.selection.only()
		this.fetch(true)
		this.entry?.refresh()
	}

	/** @param {boolean} again whether the same rows are looked at anew, so that the place is kept @param {boolean} [withFolders] */
	async fetch(again, withFolders = true) {
		const {route} = this, {prefix} = route
		const pages = new KeyPages((cursor, first, signal) => {
			const limit = first && !again && catalog.isFree(route.store) ? FIRST_PAGE : PAGE
			return api.keys(route, {prefix, cursor, limit, count: first || undefined}, signal)
		})
		this.pages?.stop()
		Object.assign(this, {pages, listed: prefix})
		if (!again) this.selection.only()
		this.list.ariaBusy = "true"
		this.coming = whileBusy(async () => {
			await pages.reach(again ? Math.min(this.table.active, 20 * PAGE) : 0)
			if (this.pages !== pages) return
			this.list.ariaBusy = null
			pages.addEventListener("change", () => this.showStatus())
			this.table.look(pages, this.selection, prefix, again)
			this.showStatus()
			this.showBulk()
		})
		await this.coming
		if (withFolders && this.pages === pages) await whileBusy(() => this.showFolders())
	}

	async showFolders() {
		this.delimiter = this.route.by ?? this.delimiter ?? likelyDelimiter(this.pages?.names(0, 200) ?? [])
		if (this.delimiter !== null) await this.folders.show(this.route, this.delimiter)
	}

	get shut() {
		return this.namespace.protected || catalog.shelf(this.route.store)?.protected === true
	}

	showHead() {
		this.head.show(this.route, this.namespace, this.route.by ?? this.delimiter ?? "/", this.shut)
		this.toggleAttribute("data-entry", this.entry?.hidden === false)
	}

	showStatus() {
		if (!this.pages) return
		const {prefix} = this.route, {length, complete, error} = this.pages
		const nothing = length === 0 && (complete || error !== null)
		this.status.show(this.pages, prefix, this.namespace, this.shut)
		this.table.hidden = this.status.element.hidden = nothing
		this.empty.hidden = !nothing
		if (nothing) fill(this.empty, noKeys(prefix, error, () => this.fetch(false), () => this.goTo("")))
		this.head.tools.hidden = this.head.filter.hidden = isGone(error)
	}

	showBulk() {
		this.bulk.show(this.selection, this.namespace, this.route.prefix, this.pages?.total ?? null, this.shut)
	}

	export() {
		const {prefix} = this.route
		openJob("export", this.namespace, prefix ? {prefix} : {all: true}, this.pages?.total)
	}

	goTo(prefix = "") {
		if (prefix !== router.route.prefix) router.go(keysAt({...this.route, prefix}), {replace: true})
	}

	/** The address of an entry, or without one of the list. @param {string | null} key */
	addressOf(key) {
		return keysAt({...this.route, key})
	}

	async open(name = "", edit = false) {
		const entry = edit || this.entry ? await this.panel().catch(complain) : null
		if (entry) entry.wantsEdit = edit
		await router.go(this.addressOf(name))
	}

	async create() {
		const entry = await this.panel().catch(complain)
		if (!entry || this.shut || !(await entry.mayLeave())) return
		entry.create(this.route, this.route.prefix)
		this.showHead()
		if (this.route.key !== null) await router.go(this.addressOf(null))
	}

	async closed() {
		await router.go(this.addressOf(null))
		this.table.go(this.table.active)
	}

	/** @param {string | null} name of the entry written; null when it is gone */
	async stored(name) {
		this.meet()
		await this.fetch(true)
		await router.go(this.addressOf(name))
	}
}

customElements.define("kv-keys", KvKeys)
