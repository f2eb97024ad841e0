const OVERSCAN = 8

/**
 * Any number of rows of one height, of which only those in sight are in the page, these in their order. `make` builds a row;
 * one whose `item` is another than before is built anew. The `kept` row, and one that holds the focus, stay.
 */
export class VirtualRows {
	/** @type {Map<number, { item: unknown, element: HTMLElement }>} */
	rows = new Map()
	frame = 0

	/** @param {HTMLElement} scroller @param {HTMLElement} body @param {RowSource} source */
	constructor(scroller, body, source) {
		this.scroller = scroller
		this.body = body
		this.source = source
	}

	/** Paints with the next frame, once however often it is asked. */
	soon() {
		this.frame ||= requestAnimationFrame(() => this.paint())
	}

	paint() {
		this.stop()
		if (!this.body.isConnected) return
		const {rows, body, scroller, source} = this, height = source.height(), length = source.length()
		const kept = source.kept(), end = length - 1, top = scroller.scrollTop
		const first = Math.max(0, Math.floor(top / height) - OVERSCAN)
		const last = Math.min(end, Math.ceil((top + scroller.clientHeight) / height) + OVERSCAN)
		body.style.height = `${length * height}px`
		for (const [index, {element}] of rows) {
			const stays = index === kept || element.contains(document.activeElement)
			if (index <= end && ((index >= first && index <= last) || stays)) continue
			element.remove()
			rows.delete(index)
		}
		for (let index = last; index >= first; index -= 1) this.place(index, height)
		if (kept >= 0 && kept <= end) this.place(kept, height)
		source.reached(last)
	}

	place(index = 0, height = 0) {
		const item = this.source.item(index), known = this.rows.get(index)
		if (known && known.item === item) return
		const element = this.source.make(index)
		element.style.transform = `translateY(${index * height}px)`
		if (known) known.element.replaceWith(element)
		else this.body.insertBefore(element, this.next(index))
		this.rows.set(index, {item, element})
	}

	/** The first behind it that is in the page. */
	next(index = 0) {
		let next = Infinity
		for (const one of this.rows.keys()) if (one > index && one < next) next = one
		return this.rows.get(next)?.element ?? null
	}

	element(index = 0) {
		return this.rows.get(index)?.element
	}

	/** Builds all rows anew with the next `paint`. */
	clear() {
		this.body.replaceChildren()
		this.rows.clear()
	}

	stop() {
		cancelAnimationFrame(this.frame)
		this.frame = 0
	}
}
