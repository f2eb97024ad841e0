import {reason} from "../lib/api.js"
import {button, div, fill, h, span} from "../lib/dom.js"
import {count, exact, exactSize, oneLine, relative, size, visible} from "../lib/format.js"
import {KeyPages, Selection} from "../lib/key-pages.js"
import {VirtualRows} from "../lib/virtual-rows.js"
import {KeyTableInput} from "./key-table-input.js"

const FETCH_AHEAD = 300
const TAGS_SHOWN = 3
const SOON = 3_600_000
const HEADS = [["Key", ""], ["Size", "num"], ["Expires", ""], ["Metadata", ""]]

/**
 * Any number of keys as a grid of which only the rows in sight are in the page. One row, the active one, takes part in the
 * tab order. Emits `kv-open` with `{ name, edit }` when a row is opened.
 */
export class KvKeyTable extends HTMLElement {
	pages = new KeyPages(() => Promise.reject(new Error("nothing to show yet")))
	selection = new Selection()
	within = ""
	/** @type {string | null} */
	opened = null
	/** @type {(name: string) => string} */
	linkTo = () => ""
	active = 0
	says = ""
	selectAll = h("input", {type: "checkbox", "aria-label": "Select all", testid: "select-all"})
	topRow = div({class: "grid-top", role: "rowgroup"}, headRow(this.selectAll))
	body = div({class: "grid-body", role: "rowgroup"})
	note = div("grid-note")
	view = new VirtualRows(this, this.body, this.source)
	input = new KeyTableInput(this)
	height = 0
	resized = new ResizeObserver(() => {
		this.height = 0
		this.update()
	})
	changed = () => this.update()
	chosen = () => this.repaint()

	connectedCallback() {
		Object.assign(this, {role: "grid", ariaLabel: "Keys", ariaMultiSelectable: "true"})
		fill(this, this.topRow, this.body, this.note)
		this.addEventListener("scroll", this.changed, {passive: true})
		this.resized.observe(this)
	}

	disconnectedCallback() {
		this.removeEventListener("scroll", this.changed)
		this.resized.disconnect()
		this.view.stop()
	}

	/** @returns {RowSource} */
	get source() {
		return {
			length: () => this.pages.length,
			height: () => this.rowHeight,
			kept: () => this.active,
			item: (index) => this.pages.keys[index],
			make: (index) => this.row(index),
			reached: (last) => this.reached(last)
		}
	}

	/** @param {KeyPages} pages @param {Selection} selection */
	look(pages, selection, prefix = "", keepPlace = false) {
		this.pages.removeEventListener("change", this.changed)
		this.selection.removeEventListener("change", this.chosen)
		Object.assign(this, {pages, selection, within: prefix})
		if (!keepPlace) this.active = this.input.anchor = this.scrollTop = 0
		pages.addEventListener("change", this.changed)
		selection.addEventListener("change", this.chosen)
		this.repaint()
	}

	get rowHeight() {
		return this.height ||= Number.parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 32
	}

	repaint() {
		const focus = document.activeElement, inside = focus?.closest(".grid-body") && this.contains(focus)
		this.view.clear()
		this.paint()
		const row = this.view.element(this.active)
		const before = focus instanceof HTMLInputElement ? row?.querySelector("input") : row
		if (inside) before?.focus({preventScroll: true})
	}

	update() {
		this.view.soon()
	}

	paint() {
		const {pages} = this
		this.active = Math.max(0, Math.min(this.active, pages.length - 1))
		this.ariaRowCount = String(pages.total === null ? -1 : pages.total + 1)
		this.view.paint()
	}

	reached(last = 0) {
		const {pages} = this
		if (last >= pages.length - FETCH_AHEAD && pages.error === null) pages.more()
		this.tell()
	}

	row(index = 0) {
		const item = this.pages.keys[index], {name} = item
		return keyRow(index, item, {
			chosen: this.selection.has(name),
			opened: name === this.opened,
			active: index === this.active,
			prefix: this.within,
			link: this.linkTo(name)
		})
	}

	tell() {
		const {pages, selection, selectAll} = this
		selectAll.checked = selection.all ||
			(pages.length > 0 && pages.complete && selection.names.size >= pages.length)
		selectAll.indeterminate = !selectAll.checked && !selection.empty
		const limit = `These are the first ${count(pages.length)} keys. A longer prefix shows those further on.`
		const waits = pages.loading && pages.length ? "Loading more…" : ""
		const says = pages.error !== null ? reason(pages.error) : pages.full ? limit : waits
		if (says === this.says) return
		this.says = says
		fill(this.note, says, pages.error !== null && button("Try again", () => pages.more()))
	}

	activate(index = 0) {
		const reach = (/** @type {number} */ tabIndex) =>
			Object.assign(this.view.element(this.active) ?? {}, {tabIndex})
		reach(-1)
		this.active = Math.max(0, Math.min(index, this.pages.length - 1))
		reach(0)
	}

	go(index = 0, keepFocus = false) {
		if (this.pages.length === 0) return
		this.activate(index)
		const height = this.rowHeight, top = this.active * height, room = this.clientHeight - this.topRow.clientHeight
		if (top < this.scrollTop) this.scrollTop = top
		else if (top + height > this.scrollTop + room) this.scrollTop = top + height - room
		this.paint()
		if (!keepFocus) this.view.element(this.active)?.focus({preventScroll: true})
	}

	open(index = 0, edit = false) {
		const name = this.pages.keys[index]?.name
		if (name !== undefined) this.dispatchEvent(new CustomEvent("kv-open", {detail: {name, edit}}))
	}
}

/** @param {HTMLInputElement} selectAll */
function headRow(selectAll) {
	const cells = HEADS.map(([words, kind]) => div({role: "columnheader", class: kind}, words))
	const first = div({role: "columnheader"}, selectAll)
	return div({class: "grid-row grid-head", role: "row", "aria-rowindex": 1}, first, cells)
}

/** @param {string} color */
function colorDot(color) {
	const dot = span({class: "dot", role: "img", title: color, "aria-label": `Color: ${color}`, testid: "key-color"})
	dot.style.setProperty("--dot", color)
	return dot
}

/** @param {API.KeyInfo} item */
function tagChips({tags = []}) {
	const chips = tags.slice(0, TAGS_SHOWN).map((tag) =>
		span({class: "chip", title: visible(tag), testid: "key-tag"}, visible(tag))
	)
	const rest = tags.length - TAGS_SHOWN
	const more = rest > 0 && span({class: "chip", title: visible(tags.join(", "))}, `+${rest}`)
	return tags.length > 0 && span("key-tags", chips, more)
}

/** @param {number} index @param {API.KeyInfo} item @param {RowState} state */
function keyRow(index, item, {chosen, opened, active, prefix, link}) {
	const place = {role: "row", "aria-rowindex": index + 2, "data-index": index, tabindex: active ? 0 : -1}
	const {name, metadata} = item, when = typeof item.expiration === "number" ? item.expiration * 1000 : null
	const soon = when !== null && when - Date.now() < SOON
	const words = visible((metadata === undefined || metadata === null ? "" : JSON.stringify(metadata)).slice(0, 1200))
	/** @type {(kind: string, title: string | null, child: Child) => HTMLElement} */
	const cell = (kind, title, child) => div({role: "gridcell", class: kind, title}, child)
	const label = `Select ${visible(name)}`
	const box = h("input", {type: "checkbox", checked: chosen, tabindex: -1, "aria-label": label})
	const kind = `grid-row${chosen ? " on" : ""}${opened ? " open" : ""}`
	return div(
		{class: kind, "aria-selected": String(chosen), testid: "key-row", "data-key": name, ...place},
		cell("", null, box),
		div(
			{role: "gridcell", class: "key"},
			h("a", {href: link, tabindex: -1}, oneLine(name, prefix)),
			item.color && colorDot(item.color),
			tagChips(item)
		),
		cell("num", exactSize(item.size), size(item.size)),
		cell(soon ? "expires soon" : "expires", exact(when), when === null ? "never" : relative(when)),
		cell("metadata", words, h("bdi", {}, words.slice(0, 200)))
	)
}

customElements.define("kv-key-table", KvKeyTable)
