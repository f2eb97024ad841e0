import {query} from "./api.js"
import {blank, button, div, fill, h, labelled, select, span, table, VERBATIM, viewHead, viewHeading} from "./dom.js"
import {router} from "./router.js"
import {settled, View} from "./view.js"

/** A list that comes page by page, as the filters say that live in its address. @template Item */
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
	rows = h("tbody")
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
		const go = () => router.go(location.pathname + this.said, {replace: true})
		const on = {input: settled(300, go), submit: (/** @type {Event} */ event) => event.preventDefault()}
		this.form = h("form", {class: "filters", role: "search", on}, controls)
		const head = viewHead(viewHeading(title), this.tools, button("Refresh", () => this.fetch(), "@refresh"))
		fill(this, head, div("scroll", this.form, this.list, this.foot))
	}

	get said() {
		return query(Object.fromEntries([...new FormData(this.form)].map(([name, value]) => [name, String(value)])))
	}

	/** @param {Route} route */
	show({search}) {
		document.title = `${this.name} – KV Manager`
		if (search === this.search) return
		this.search = search
		this.fields = Object.fromEntries(new URLSearchParams(search))
		for (const control of this.said === search ? [] : this.form.querySelectorAll("input, select")) {
			if ("value" in control) control.value = this.fields[control.getAttribute("name") ?? ""] ?? ""
		}
		this.fetch()
	}

	fetch(more = false) {
		return this.load(this.list, async () => {
			const page = await this.page({...this.fields, limit: 100, cursor: more ? this.cursor : null})
			this.items = [...(more ? this.items : []), ...page.items]
			this.cursor = page.cursor
			this.render()
		}, () => this.fetch())
	}

	render() {
		const more = this.cursor !== null && div("more", button("Load more", () => this.fetch(true), "@load-more"))
		fill(this.rows, this.items.map((item) => this.row(item)))
		const none = this.search ? "Nothing matches the filters." : this.none
		fill(this.list, this.items.length ? [table(this.heads, this.rows), more] : blank("find", [none]))
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
