import {query} from "./api.js"
import {catalog} from "./catalog.js"
import {
	blank,
	button,
	div,
	fill,
	h,
	labelled,
	openable,
	select,
	setText,
	setTitle,
	span,
	table,
	VERBATIM,
	viewHead,
	viewHeading
} from "./dom.js"
import {localDay, visible} from "./format.js"
import {here, router} from "./router.js"
import {settled, View} from "./view.js"

/** The namespaces that are known; more are filtered by where an address says so. @type {FilterField} */
export const NAMESPACE = {name: "namespace", words: "Namespace", options: []}

/** @type {FilterField[]} */
export const DAYS = [{name: "since", words: "Since", type: "date"}, {name: "until", words: "Until", type: "date"}]

/** A list that comes page by page, as the filters say that live in its address. @template {Listed} Item */
export class ListView extends View {
	/** @type {Item[]} */
	items = []
	/** @type {string | null} */
	cursor = null
	/** @type {string | null} */
	search = null
	/** @type {Record<string, string>} */
	fields = {}
	tools = span("tools")
	rows = openable()
	list = div({})
	foot = h("p", "list-foot")

	/** @param {string} title @param {FilterField[]} fields @param {string[][]} heads @param {string} none what is said where there is nothing */
	constructor(title, fields, heads, none) {
		super()
		this.className = "view"
		this.name = title
		this.heads = heads
		this.none = none
		const controls = fields.map(({name, words, options, type = "search"}) => {
			const given = {name, type, testid: `filter-${name}`, ...VERBATIM}
			return labelled(words, options ? select([["", "Any"], ...options], "", given) : h("input", given))
		})
		const go = () => router.go(here() + this.said, {replace: true})
		const on = {input: settled(300, go), submit: (/** @type {Event} */ event) => event.preventDefault()}
		this.form = h("form", {class: "filters", role: "search", on}, controls)
		const unfold = () => this.fold.ariaExpanded = String(this.form.toggleAttribute("data-open"))
		this.fold = button("Filters", unfold, {class: "fold", testid: "filters", "aria-expanded": "false"})
		const refresh = button("Refresh", () => this.fetch(), "@refresh")
		const head = viewHead(viewHeading(title), this.fold, this.tools, refresh)
		fill(this, head, div("scroll", this.form, this.list, this.foot))
	}

	/** @override */
	connected() {
		this.on(catalog, "change", () => this.items.length ? this.render() : this.offerNamespaces())
		this.offerNamespaces()
	}

	/** What is chosen, or in the address, stays among them, known or not. */
	offerNamespaces() {
		const field = this.form.querySelector("select[name=namespace]")
		if (!(field instanceof HTMLSelectElement)) return
		const chosen = field.value || (this.fields.namespace ?? "")
		const known = new Map(chosen ? [[chosen, chosen]] : [])
		for (const {namespace, namespaceTitle} of this.items) {
			if (namespace) known.set(namespace, namespaceTitle || namespace)
		}
		for (const {id, title} of catalog.shelves.flatMap((shelf) => shelf.namespaces)) known.set(id, title)
		const options = [...known].map(([id, title]) => h("option", {value: id}, visible(title)))
		fill(field, h("option", {value: ""}, "Any"), options)
		field.value = chosen
	}

	get said() {
		return query(Object.fromEntries([...new FormData(this.form)].map(([name, value]) => [name, String(value)])))
	}

	/** The filters as the server takes them: days are those of the reader. */
	get asked() {
		const {since, until} = this.fields
		return {...this.fields, since: localDay(since), until: localDay(until, true)}
	}

	/** @param {Route} route */
	show({search}) {
		setTitle(this.name)
		if (search === this.search) return
		this.search = search
		this.fields = Object.fromEntries(new URLSearchParams(search))
		this.offerNamespaces()
		for (const control of this.said === search ? [] : this.form.querySelectorAll("input, select")) {
			if ("value" in control) control.value = this.fields[control.getAttribute("name") ?? ""] ?? ""
		}
		this.fetch()
	}

	fetch(more = false) {
		return this.load(this.list, async () => {
			const page = await this.page({...this.asked, limit: 100, cursor: more ? this.cursor : null})
			this.items = [...(more ? this.items : []), ...page.items]
			this.cursor = page.cursor
			this.render()
		}, () => this.fetch())
	}

	render() {
		const more = this.cursor !== null && div("more", button("Load more", () => this.fetch(true), "@load-more"))
		fill(this.rows, this.items.map((item) => this.row(item)))
		this.offerNamespaces()
		const active = Object.values(this.fields).filter(Boolean).length
		setText(this.fold, active ? `Filters (${active})` : "Filters")
		const clear = active > 0 && button("Clear the filters", () => router.go(here()), "@clear-filters")
		const none = blank("find", [active ? "Nothing matches the filters." : this.none], clear)
		fill(this.list, this.items.length ? [table(this.heads, this.rows), more] : none)
	}

	/** Of each list its own. @param {Fields} _ @returns {Promise<{items: Item[], cursor: string | null}>} */
	page(_) {
		throw new Error()
	}

	/** @param {Item} _ @returns {HTMLElement} */
	row(_) {
		throw new Error()
	}
}
