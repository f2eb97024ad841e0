/** @import { KvKeys } from "./kv-keys.js" */
import {ApiError, reason} from "../lib/api.js"
import {catalog, namespaceMenu, storeLabel, storeTag} from "../lib/catalog.js"
import {
	blank,
	button,
	div,
	failure,
	fill,
	filterBox,
	h,
	iconButton,
	plainButton,
	protectedChip,
	searchField,
	setText,
	setTitle,
	span,
	textButton,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {capitalized, count, counted, marked, quoted, visible} from "../lib/format.js"
import {menuButton} from "../lib/popups.js"
import {keysAt} from "../lib/router.js"
import {openImport, openJob} from "../lib/view.js"
import {stepsTo} from "./kv-folders.js"

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
			this.import,
			button("Export…", () => view.export(), "@export"),
			this.more,
			this.newKey
		)
		this.filter = filterBox("mono", this.field)
		this.element = viewHead(this.heading, this.filter, this.tools)
		this.field.addEventListener("keydown", (event) => this.typing(event))
	}

	/** Shows the prefix, unless somebody is typing another. */
	hold(prefix = "") {
		if (document.activeElement !== this.field || !this.field.value) this.field.value = prefix
	}

	/** @param {Route} route @param {Namespace} namespace @param {string} delimiter */
	show(route, namespace, delimiter, shut = false) {
		const shelf = catalog.shelf(route.store), title = namespace.title || route.id
		setTitle(visible(route.key ?? title))
		fill(this.heading, crumbs(route, {shelf, namespace: title, delimiter, chip: this.chip}))
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
		crumb("/", storeLabel(store)),
		names.shelf && storeTag(names.shelf),
		names.chip,
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
			["No key begins with ", quoted(prefix), ". Only the start of a key is matched."],
			button("Show all keys", clear)
		)
	}
	return blank("box", ["No keys yet. Make one with “New key”, or bring many with “Import…”."])
}

const OFTEN = ["copy", "move", "export", "delete"]
const SELDOM = ["rename", "expire", "tag"]

/** What can be done with some keys; of a protected namespace only what leaves them as they are. @param {KeysAtHand} keys */
function choicesOf({namespace, asked, number, shut}, kinds = [...OFTEN, ...SELDOM]) {
	return catalog.kindsOf(namespace.store, kinds).map((kind) => ({
		kind,
		words: capitalized(kind),
		disabled: shut && kind !== "copy" && kind !== "export",
		act: () => openJob(kind, namespace, asked(), number)
	}))
}

/** What can be done with the selected keys. There only while some are. */
export class KvBulkBar extends HTMLElement {
	/** The same for the palette. @type {Choice[]} */
	choices = []

	connectedCallback() {
		Object.assign(this, {role: "region", ariaLabel: "Selection", hidden: !this.firstChild})
		this.dataset.testid = "bulk-bar"
	}

	/** @param {import("../lib/key-pages.js").Selection} selection @param {Namespace} namespace @param {string} prefix @param {number | null} total of all that match */
	show(selection, namespace, prefix, total, shut = false) {
		const {all, empty, names} = selection, number = all ? total : names.size
		const keys = {namespace, number, shut, asked: () => selection.asked(prefix)}
		this.hidden = empty
		this.choices = empty ? [] : choicesOf(keys)
			.filter((one) => !one.disabled)
			.map(({words, act}) => ({words: `${words} the selected keys…`, act}))
		if (empty) return fill(this)
		const words = number === null ? "All matching selected" : `${all ? "All " : ""}${count(number)} selected`
		const more = !all && (total === null || total > names.size)
		const rest = total === null ? "Select all matching" : `Select all ${count(total)} matching`
		const acts = (/** @type {string[]} */ kinds, press = button) =>
			choicesOf(keys, kinds).map(({kind, disabled, act, ...one}) =>
				press(`${one.words}…`, act, {class: kind === "delete" && "danger", disabled, testid: `bulk-${kind}`})
			)
		fill(
			this,
			h("b", {testid: "selected-count", role: "status"}, words),
			more && textButton(rest, () => selection.only([], true), "@select-all-matching"),
			span(
				"bulk-acts",
				acts(OFTEN),
				menuButton("More for these keys", acts(SELDOM, plainButton)),
				iconButton("close", "Clear the selection", () => selection.only(), "@bulk-clear")
			)
		)
	}
}

customElements.define("kv-bulk-bar", KvBulkBar)

/** How many keys there are under a prefix, and what can be done with all of them. */
export class KeyStatus {
	number = h("b", "@key-count")
	under = span({})
	acts = span({})
	/** What the menu was made for. */
	known = ""

	/** @param {Act} selectAll */
	constructor(selectAll) {
		const all = textButton("Select all", selectAll, "@select-everything")
		const words = span("grow", this.number, this.under)
		this.element = div({class: "status", testid: "status", role: "status"}, words, all, this.acts)
	}

	/** @param {import("../lib/key-pages.js").KeyPages} pages @param {Namespace} namespace */
	show({length, total, complete}, prefix = "", namespace, shut = false) {
		setText(this.number, total === null && !complete ? `${counted(length)} so far` : counted(total ?? length))
		const number = total ?? (complete ? length : null), known = JSON.stringify([prefix, number, namespace, shut])
		if (this.known === known) return
		this.known = known
		fill(this.under, prefix && " under ", prefix && quoted(prefix))
		const asked = () => (prefix ? {prefix} : {all: true})
		const choices = choicesOf({namespace, asked, number, shut}).map(({kind, words, disabled, act}) =>
			plainButton(`${words} all…`, act, {class: kind === "delete" && "danger", disabled, testid: `all-${kind}`})
		)
		fill(this.acts, prefix && menuButton(`More for the keys under ${prefix}`, choices))
	}
}
