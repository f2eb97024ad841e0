/** @import { KvKeys } from "./kv-keys.js" */
import {catalog} from "../lib/catalog.js"
import {
	button,
	fill,
	filterBox,
	plainButton,
	protectedChip,
	searchField,
	span,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {visible} from "../lib/format.js"
import {menuButton} from "../lib/popups.js"
import {keyDialogs, openImport} from "../lib/view.js"
import {crumbs} from "./kv-folders.js"

/** What stands above the keys of a namespace: where one is, the prefix, and what can be done with all of it. */
export class KeysHead {
	heading = viewHeading()
	field = searchField("Prefix", "prefix")
	chip = Object.assign(protectedChip(), {hidden: true})

	/** @param {KvKeys} view */
	constructor(view) {
		const list = () => keyDialogs((d) => d.openKeyList(view.namespace))
		this.view = view
		this.import = button("Import…", () => openImport(view.namespace), "@import")
		this.newKey = button("New key", () => view.create(), "primary @new-key")
		const more = menuButton("More for this namespace", [
			plainButton("Work on a list of keys…", list, "@key-list-open")
		])
		const tools = span(
			"tools",
			this.chip,
			this.import,
			button("Export…", () => view.export(), "@export"),
			more,
			this.newKey
		)
		this.element = viewHead(this.heading, filterBox("mono", this.field), tools)
		this.field.addEventListener("keydown", (event) => this.typing(event))
	}

	/** Shows the prefix, unless somebody is typing another. */
	hold(prefix = "") {
		if (document.activeElement !== this.field || !this.field.value) this.field.value = prefix
	}

	/** @param {Route} route @param {Namespace} namespace @param {string} delimiter */
	show(route, namespace, delimiter, shut = false) {
		const shelf = catalog.shelf(route.store), title = namespace.title || route.id
		document.title = `${visible(route.key ?? title)} – KV Manager`
		fill(this.heading, crumbs(route, {shelf, namespace: title, delimiter}))
		this.chip.hidden = !shut
		this.import.disabled = this.newKey.disabled = shut
	}

	/** @param {KeyboardEvent} event */
	typing(event) {
		const {field, view} = this
		if (event.key === "Enter") view.goTo(field.value)
		else if (event.key === "Escape" && field.value) view.goTo(field.value = "")
		else if (event.key === "Escape" || event.key === "ArrowDown") view.table.go(view.table.active)
		else return
		event.preventDefault()
	}
}
