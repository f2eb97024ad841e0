import {fill, h, select, setText, span} from "../lib/dom.js"
import {exact, local, relative} from "../lib/format.js"
import {seconds, time, utcTime} from "../lib/times.js"

const KINDS = [["never", "Never"], ["at", "At"], ["in", "In"]]
/** @type {Record<string, string>} */
const FORMS = {
	at: "Enter a time, such as 2030-01-31T12:00:00Z or 2030-01-31 12:00.",
	in: "Enter a duration, such as 90s, 15m, 12h or 30d."
}

/** When an entry expires: never, at a moment, or after a while. Emits `input`. */
export class KvExpiration extends HTMLElement {
	/** @type {number | null} */
	held = null
	minimum = 60
	kind = select(KINDS, "never", {"aria-label": "Expires", testid: "expiration-kind"})
	moment = h("input", {"aria-label": "Time of expiration", testid: "expiration-at"})
	picker = h("input", {type: "datetime-local", step: 1, "aria-label": "Pick a local time"})
	span = h("input", {value: "1h", "aria-label": "Time to live", testid: "expiration-in"})
	fields = [this.kind, this.moment, this.picker, this.span]
	words = span("muted @expiration-words")

	connectedCallback() {
		if (this.firstChild) return
		fill(this, ...this.fields, this.words)
		this.picker.addEventListener("input", () => {
			if (this.picker.value) this.moment.value = utcTime(time(this.picker.value))
		})
		for (const type of ["input", "change"]) this.addEventListener(type, () => this.render())
	}

	/** @param {number | null} held Unix seconds @param {number} minimum the least lifetime allowed */
	hold(held, minimum, shut = false) {
		Object.assign(this, {held, minimum})
		this.kind.value = held === null ? "never" : "at"
		this.moment.value = held === null ? "" : utcTime(held * 1000)
		for (const field of this.fields) field.disabled = shut
		this.render()
	}

	/** As the API takes it, a duration from the server's own time on; empty for never. @returns {Lifetime} */
	get lifetime() {
		const {value} = this
		return value === null ? {} : this.kind.value === "in" ? {ttl: seconds(this.span.value)} : {expiration: value}
	}

	/** As a job takes it; null while nothing sensible is filled in. */
	get asked() {
		return this.wrong ? null : this.value === null ? {never: true} : this.lifetime
	}

	/** Unix seconds; null for never, NaN while nothing sensible is filled in. @returns {number | null} */
	get value() {
		if (this.kind.value === "never") return null
		const isIn = this.kind.value === "in"
		return Math.floor(isIn ? Date.now() / 1000 + seconds(this.span.value) : time(this.moment.value) / 1000)
	}

	get dirty() {
		return this.kind.value === "in" || this.value !== this.held
	}

	/** What keeps it from being saved; null when nothing does. An unchanged one is the server's to judge. */
	get wrong() {
		const {value} = this
		if (value === null || !this.dirty) return null
		if (Number.isNaN(value)) return FORMS[this.kind.value]
		return value - Date.now() / 1000 < this.minimum - 1 ? `It must lie at least ${this.minimum} s ahead.` : null
	}

	render() {
		const {value, wrong} = this, kind = this.kind.value
		this.moment.hidden = this.picker.hidden = kind !== "at"
		this.span.hidden = kind !== "in"
		const at = value === null || Number.isNaN(+new Date(value * 1000)) ? null : value * 1000
		const words = at === null ? "" : kind === "in" ? local(at) : relative(at)
		setText(this.words, wrong ?? words)
		this.words.title = exact(at) ?? ""
		this.words.classList.toggle("bad", wrong !== null)
	}
}

customElements.define("kv-expiration", KvExpiration)
