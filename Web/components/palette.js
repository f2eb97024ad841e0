import {catalog, matching, storeName} from "../lib/catalog.js"
import {div, fill, h, icon, span, VERBATIM} from "../lib/dom.js"
import {marked, visible} from "../lib/format.js"
import {openDialog} from "../lib/modal.js"
import {keysAt, router} from "../lib/router.js"
import {chooseTheme, newNamespace, offers, settled, showHelp, THEMES, whileBusy} from "../lib/view.js"

const SHOWN = 30

const LABEL = {"aria-label": "Places and actions"}

/** Places and actions by name: typed, chosen with the arrows, gone to with Enter. */
class Palette {
	field = h("input", {
		type: "text",
		role: "combobox",
		placeholder: "Go to a namespace, or do something",
		...LABEL,
		"aria-controls": "palette-list",
		"aria-expanded": "true",
		testid: "palette-field",
		...VERBATIM
	})
	list = h("ul", {id: "palette-list", role: "listbox", ...LABEL})
	none = h("p", {class: "muted", role: "status"})
	/** @type {Choice[]} */
	shown = []
	active = 0
	/** What the server found where a store has more than is loaded. @type {Map<string, Namespace[]>} */
	found = new Map()
	leaving = new AbortController()

	constructor() {
		const {field, list, leaving} = this
		const search = settled(200, () => whileBusy(() => this.search()), leaving.signal)
		field.addEventListener("input", () => {
			this.active = 0
			this.render()
			search()
		})
		field.addEventListener("keydown", (event) => this.pressed(event))
		list.addEventListener("click", ({target}) => {
			const row = target instanceof Element ? target.closest("[data-index]") : null
			if (row instanceof HTMLElement) this.take(Number(row.dataset.index))
		})
		const sheet = div("palette-sheet", span("field", icon("find"), field), list, this.none)
		const dialog = h("dialog", {class: "palette", testid: "palette", ...LABEL}, sheet)
		dialog.addEventListener("click", ({target}) => target === dialog && this.dialog.close())
		this.dialog = openDialog(dialog, () => leaving.abort())
		field.focus()
		this.render()
	}

	get query() {
		return this.field.value.trim()
	}

	async search() {
		const {query} = this, found = await catalog.search(query, this.leaving.signal)
		if (this.query !== query) return
		this.found = found
		this.render()
	}

	/** @returns {Choice[]} */
	choices() {
		const {query} = this, {route} = router, fits = matching(query)
		const go = (/** @type {string} */ path) => () => router.go(path)
		/** @type {Choice[]} */
		const places = [
			{words: "Namespaces", sign: "box", act: go("/")},
			{words: "Jobs", sign: "jobs", act: go("/jobs")},
			{words: "Audit", sign: "clock", act: go("/audit")},
			{words: "Monitor", sign: "pulse", act: go("/monitor")}
		]
		/** @type {Choice[]} */
		const acts = [
			{words: "New namespace…", act: () => newNamespace()},
			...THEMES.map(([theme, words]) => ({words, act: () => chooseTheme(theme)})),
			{words: "Keyboard shortcuts", act: showHelp}
		]
		const named = (/** @type {Choice} */ {words}) => words.toLowerCase().includes(query.toLowerCase())
		const namespaces = catalog.shelves.flatMap((shelf) =>
			(this.found.get(shelf.name) ?? shelf.namespaces).filter(fits).map((one) => ({
				words: one.title,
				sign: one.protected ? "lock" : "box",
				hint: storeName(shelf),
				act: go(keysAt(one))
			}))
		)
		/** @type {Choice[]} */
		const keys = query && route.view === "keys"
			? [{
				words: query,
				sign: "find",
				hint: "keys that begin with this",
				act: go(keysAt({...route, key: null, prefix: query}))
			}]
			: []
		const here = query ? [...keys, ...namespaces] : namespaces
		return [...[...offers(), ...places].filter(named), ...here, ...acts.filter(named)].slice(0, SHOWN)
	}

	render() {
		this.shown = this.choices()
		this.active = Math.max(0, Math.min(this.active, this.shown.length - 1))
		const rows = this.shown.map(({words, sign, hint}, index) =>
			h(
				"li",
				{
					id: `palette-${index}`,
					role: "option",
					"data-index": index,
					"aria-selected": String(index === this.active),
					title: visible(words),
					testid: "palette-choice"
				},
				sign ? icon(sign) : span("icon"),
				h("bdi", "grow cut", marked(words)),
				hint && span("dim", hint)
			)
		)
		fill(this.list, rows)
		this.none.textContent = rows.length ? "" : "Nothing has that in its name."
		this.field.setAttribute("aria-activedescendant", rows.length ? `palette-${this.active}` : "")
		rows[this.active]?.scrollIntoView({block: "nearest"})
	}

	/** @param {KeyboardEvent} event */
	pressed(event) {
		const {key} = event, {length} = this.shown, step = {ArrowDown: 1, ArrowUp: -1}[key]
		if (key === "Enter") this.take(this.active)
		else if (step && length) {
			this.active = (this.active + step + length) % length
			this.render()
		} else return
		event.preventDefault()
	}

	take(index = 0) {
		const choice = this.shown[index]
		if (!choice) return
		this.dialog.close()
		choice.act()
	}
}

export function openPalette() {
	if (!document.querySelector("dialog[open]")) new Palette()
}
