/** @import { KvKeys } from "./kv-keys.js" */
import {ApiError, reason} from "../lib/api.js"
import {catalog, storeName, storeTag} from "../lib/catalog.js"
import {
	blank,
	button,
	failure,
	fill,
	filterBox,
	h,
	protectedChip,
	searchField,
	span,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {marked, quoted, visible} from "../lib/format.js"
import {keysAt} from "../lib/router.js"
import {openImport} from "../lib/view.js"
import {stepsTo} from "./kv-folders.js"
import {namespaceMenu} from "./namespace-menu.js"

/** What stands above the keys of a namespace: where one is, the prefix, and what can be done with all of it. */
export class KeysHead {
	heading = viewHeading()
	field = searchField("Keys that begin with…", "prefix")
	more = span({})
	/** What the menu was made for. */
	known = ""
	chip = Object.assign(protectedChip(), {hidden: true})

	/** @param {KvKeys} view */
	constructor(view) {
		this.view = view
		this.import = button("Import…", () => openImport(view.namespace), "@import")
		this.newKey = button("New key", () => view.create(), "primary @new-key")
		this.tools = span(
			"tools",
			this.chip,
			this.import,
			button("Export…", () => view.export(), "@export"),
			this.more,
			this.newKey
		)
		this.element = viewHead(this.heading, filterBox("mono", this.field), this.tools)
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
		const known = JSON.stringify([namespace, shut])
		if (this.known !== known) fill(this.more, namespaceMenu(namespace, shut))
		this.known = known
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

/** The way to a prefix: store, namespace, folders. @param {Route} route @param {CrumbNames} names */
function crumbs({store, id, prefix, by}, names) {
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

/** Whether there is no such namespace. @param {unknown} error */
export const isGone = (error) => error instanceof ApiError && error.status === 404

/** @param {string} prefix @param {unknown} error null for none @param {Act} again @param {Act} clear */
export function noKeys(prefix, error, again, clear) {
	if (isGone(error)) return blank("", [reason(error)], h("a", {class: "button", href: "/"}, "All namespaces"))
	if (error !== null) return failure(reason(error), again)
	if (prefix) {
		return blank(
			"",
			["No key begins with ", quoted(prefix), ". Only the beginning of keys is looked at."],
			button("Show all keys", clear)
		)
	}
	return blank("box", ["No keys yet. Make one with “New key”, or bring many with “Import…”."])
}
