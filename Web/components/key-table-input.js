/** @import { KvKeyTable } from "./kv-key-table.js" */
import {isTyping} from "../lib/dom.js"

/** What pointer and keyboard do in the table of keys: move the active row, select, open. */
export class KeyTableInput {
	/** Where the last single selection was made, from which a range goes. */
	anchor = 0

	/** @param {KvKeyTable} table */
	constructor(table) {
		this.table = table
		table.addEventListener("click", (event) => this.clicked(event))
		table.addEventListener("keydown", (event) => this.pressed(event))
		table.addEventListener("focusin", ({target}) => indexOf(target) >= 0 && table.activate(indexOf(target)))
		table.selectAll.addEventListener(
			"change",
			() => table.selectAll.checked ? this.all() : table.selection.only()
		)
	}

	all() {
		this.table.selection.set(this.table.pages.names(), true)
	}

	/** @param {MouseEvent} event */
	clicked(event) {
		const {table} = this, {target, shiftKey} = event, index = indexOf(target)
		if (index < 0 || !(target instanceof Element)) return
		const inBox = target instanceof HTMLInputElement
		if (inBox || shiftKey || target.closest("[role=gridcell]:first-child")) {
			if (!inBox) event.preventDefault()
			const name = table.pages.keys[index]?.name ?? ""
			this.choose(index, shiftKey || !table.selection.has(name), shiftKey)
			table.go(index, inBox)
		} else if (!target.closest("a") && !event.metaKey && !event.ctrlKey) {
			table.open(index)
		}
	}

	/** @param {KeyboardEvent} event */
	pressed(event) {
		const {table} = this, {key, shiftKey} = event
		if (isTyping(event.target) || event.metaKey || event.altKey || event.target === table.selectAll) return
		if (event.ctrlKey && key !== "a") return
		const page = Math.max(1, Math.floor(table.clientHeight / table.rowHeight) - 2)
		/** @type {Record<string, () => void>} */
		const acts = {
			ArrowDown: () => this.move(1, shiftKey),
			ArrowUp: () => this.move(-1, shiftKey),
			PageDown: () => this.move(page, shiftKey),
			PageUp: () => this.move(-page, shiftKey),
			Home: () => table.go(0),
			End: () => table.go(table.pages.length - 1),
			" ": () => this.mark(shiftKey),
			X: () => this.mark(true),
			Enter: () => table.open(table.active)
		}
		if (event.ctrlKey) acts.a = () => this.all()
		if (!acts[key]) return
		event.preventDefault()
		acts[key]()
	}

	/** From outside the table, the first step only comes to the active row. */
	move(step = 0, extend = false) {
		const {table} = this, inside = document.activeElement?.closest(".grid-body")
		table.go(inside ? table.active + step : table.active)
		if (extend) this.choose(table.active, true, true)
	}

	/** Selects the active row, or no longer; with `range` all from the anchor. */
	mark(range = false) {
		const {active, pages, selection} = this.table, name = pages.keys[active]?.name
		if (name !== undefined) this.choose(active, range || !selection.has(name), range)
	}

	choose(index = 0, on = false, range = false) {
		const {pages, selection} = this.table
		if (selection.all) selection.only(pages.names())
		if (!range) this.anchor = index
		const [from, to] = [this.anchor, index].sort((a, b) => a - b)
		selection.set(pages.names(from, to), on)
	}
}

/** The row that something lies in; -1 for none. @param {EventTarget | null} target */
function indexOf(target) {
	const row = target instanceof Element ? target.closest("[data-index]") : null
	return row instanceof HTMLElement ? Number(row.dataset.index) : -1
}
