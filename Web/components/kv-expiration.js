import {fill, h, select, setText, span} from "../lib/dom.js"
import {exact, local, relative} from "../lib/format.js"

const KINDS = [["never", "Never"], ["at", "At"], ["in", "In"]]
const MOMENT = "Moment of expiration, in local time"
const UNITS = [["60", "minutes"], ["3600", "hours"], ["86400", "days"]]

function localInput(seconds = 0) {
	const date = new Date(seconds * 1000)
	return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** When an entry expires: never, at a moment, or after a while. Emits `input`. */
export class KvExpiration extends HTMLElement {
	/** @type {number | null} */
	held = null
	minimum = 60
	kind = select(KINDS, "never", {"aria-label": "Expires", testid: "expiration-kind"})
	moment = h("input", {type: "datetime-local", step: 1, "aria-label": MOMENT, testid: "expiration-at"})
	number = h("input", {type: "number", min: 1, value: "1", "aria-label": "How many", testid: "expiration-in"})
	unit = select(UNITS, "3600", {"aria-label": "Unit", testid: "expiration-unit"})
	fields = [this.kind, this.moment, this.number, this.unit]
	words = span("muted @expiration-words")

	connectedCallback() {
		if (this.firstChild) return
		fill(this, ...this.fields, this.words)
		for (const type of ["input", "change"]) this.addEventListener(type, () => this.render())
	}

	/** @param {number | null} seconds @param {number} minimum the least lifetime allowed */
	hold(seconds, minimum, shut = false) {
		Object.assign(this, {held: seconds, minimum})
		this.kind.value = seconds === null ? "never" : "at"
		this.moment.value = seconds === null ? "" : localInput(seconds)
		for (const field of this.fields) field.disabled = shut
		this.render()
	}

	get span() {
		return Math.round(Number(this.number.value || NaN) * Number(this.unit.value))
	}

	/** As a job takes it; null while nothing sensible is filled in. */
	get asked() {
		if (this.wrong) return null
		if (this.value === null) return {never: true}
		return this.kind.value === "in" ? {ttl: this.span} : {expiration: this.value}
	}

	/** Unix seconds; null for never, NaN while nothing sensible is filled in. @returns {number | null} */
	get value() {
		if (this.kind.value === "never") return null
		if (this.kind.value === "in") return Math.floor(Date.now() / 1000) + this.span
		if (this.held !== null && this.moment.value === localInput(this.held)) return this.held
		return Math.floor(new Date(this.moment.value).getTime() / 1000)
	}

	get dirty() {
		return this.kind.value === "in" || this.value !== this.held
	}

	/** What keeps it from being saved; null when nothing does. An unchanged one is the server's to judge. */
	get wrong() {
		const {value} = this
		if (value === null || !this.dirty) return null
		if (Number.isNaN(value)) return "Fill in when it expires."
		return value - Date.now() / 1000 < this.minimum - 1 ? `It must lie at least ${this.minimum} s ahead.` : null
	}

	render() {
		const {value, wrong} = this, kind = this.kind.value
		this.moment.hidden = kind !== "at"
		this.number.hidden = this.unit.hidden = kind !== "in"
		const at = value === null || Number.isNaN(value) ? null : value * 1000
		const words = at === null ? "" : kind === "in" ? local(at) : relative(at)
		setText(this.words, wrong ?? words)
		this.words.title = exact(at) ?? ""
		this.words.classList.toggle("bad", wrong !== null)
	}
}

customElements.define("kv-expiration", KvExpiration)
