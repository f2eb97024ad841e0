import {button, div, fill, h, iconButton, plainButton, setText, span, textButton} from "../lib/dom.js"
import {capitalized, count, counted, quoted} from "../lib/format.js"

import {menuButton} from "../lib/popups.js"
import {openJob} from "../lib/view.js"

const OFTEN = ["copy", "move", "export", "delete"]
const SELDOM = ["rename", "expire", "tag"]

/** What can be done with some keys; of a protected namespace only what leaves them as they are. @param {KeysAtHand} keys */
function choicesOf({namespace, asked, number, shut}, kinds = [...OFTEN, ...SELDOM]) {
	return kinds.map((kind) => ({
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
