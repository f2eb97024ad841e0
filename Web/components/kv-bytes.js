import {div, failure, fill, h, iconButton, setText, span} from "../lib/dom.js"
import {isAbort, reason} from "../lib/api.js"
import {count} from "../lib/format.js"

/** How much of a value is shown at a time. */
const PART = 65_536
/** The most that a character of UTF-8 reaches into the next part. */
const OVERLAP = 3

/** The bytes of a value to read, in hexadecimal or as text, a part at a time however many there are. */
export class KvBytes extends HTMLElement {
	/** @type {Bytes} */
	source = {size: 0, read: () => Promise.resolve(new Uint8Array())}
	asText = false
	from = 0
	reading = new AbortController()
	content = h("pre", {class: "hex", tabindex: 0, role: "region", testid: "hex"})
	place = span("muted @bytes-place")
	back = iconButton("back", "The part before", () => this.go(this.from - PART), "@bytes-back")
	forth = iconButton("forth", "The next part", () => this.go(this.from + PART), "@bytes-forth")
	jump = h("input", {type: "range", min: 0, step: 1, "aria-label": "Part of the value", testid: "bytes-jump"})
	foot = div("bytes-foot", this.back, this.jump, this.forth, this.place)

	connectedCallback() {
		if (!this.firstChild) {
			fill(this, this.content, this.foot)
			this.jump.addEventListener("change", () => this.go(Number(this.jump.value) * PART))
		}
	}

	disconnectedCallback() {
		this.reading.abort()
	}

	/** @param {Bytes} source */
	show(source, asText = false) {
		const from = source.size === this.source.size ? this.from : 0
		Object.assign(this, {source, asText})
		this.content.ariaLabel = asText ? "Value as text" : "Value in hexadecimal"
		return this.go(from)
	}

	async go(from = 0) {
		const {source, asText} = this, parts = Math.ceil(source.size / PART)
		this.reading.abort()
		const {signal} = this.reading = new AbortController()
		this.from = Math.max(0, Math.min(from, (parts - 1) * PART))
		const to = Math.min(this.from + PART, source.size)
		this.foot.hidden = parts <= 1
		this.jump.max = String(parts - 1)
		this.jump.value = String(this.from / PART)
		this.back.disabled = this.from === 0
		this.forth.disabled = to === source.size
		setText(this.place, `Bytes ${count(this.from)} to ${count(to)} of ${count(source.size)}`)
		this.content.ariaBusy = "true"
		try {
			const bytes = await source.read(this.from, Math.min(to + OVERLAP, source.size), signal)
			if (signal.aborted) return
			setText(
				this.content,
				asText
					? textOf(bytes, to - this.from, this.from)
					: hexLines(bytes.subarray(0, to - this.from), this.from)
			)
			this.content.scrollTop = 0
		} catch (error) {
			if (!isAbort(error)) fill(this.content, failure(reason(error), () => this.go(this.from)))
		}
		this.content.ariaBusy = null
	}
}

const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80

/** A character belongs to the part that it begins in. @param {Uint8Array} bytes @param {number} length of the part itself */
function textOf(bytes, length, from = 0) {
	let start = 0, end = length
	while (from > 0 && start < OVERLAP && isContinuation(bytes[start])) start += 1
	while (end < bytes.length && isContinuation(bytes[end])) end += 1
	return new TextDecoder("utf-8", {ignoreBOM: true}).decode(bytes.subarray(start, end))
}

/** @param {Uint8Array} bytes */
function hexLines(bytes, from = 0) {
	const lines = []
	for (let at = 0; at < bytes.length; at += 16) {
		const row = Array.from(bytes.subarray(at, at + 16)),
			hex = row.map((byte) => byte.toString(16).padStart(2, "0"))
		const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("")
		const halves = [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")].join("  ")
		lines.push(`${(from + at).toString(16).padStart(6, "0")}  ${halves.padEnd(48)}  ${text}`)
	}
	return lines.join("\n")
}

customElements.define("kv-bytes", KvBytes)
