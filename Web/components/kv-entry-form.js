import {blank, button, div, fill, h, icon, setText, span, VERBATIM} from "../lib/dom.js"
import {byteLength, EDITED_AT_MOST} from "../lib/entry-store.js"
import {count, exactSize, marked, size, tagsOf} from "../lib/format.js"
import {laidOut, problemIn, withoutBlanks} from "../lib/json.js"
import {KvExpiration} from "./kv-expiration.js"
import {KvValue} from "./kv-value.js"

/** The fields of an entry: value, expiration, metadata. Emits `input` when anything changes. */
export class KvEntryForm extends HTMLElement {
	/** @type {Entry | null} what the fields started from; null for a new entry */
	entry = null
	/** @type {Limits} */
	limits = {keyBytes: 512, valueBytes: 26_214_400, metadataBytes: 1024, minimumTTL: 60}
	value = new KvValue()
	expiration = new KvExpiration()
	metadata = h("textarea", {
		"aria-label": "Metadata, as JSON",
		testid: "metadata",
		placeholder: "None",
		rows: 4,
		...VERBATIM
	})
	words = span("part-note @metadata-words")
	tags = h("input", {
		type: "text",
		"aria-label": "Tags, with commas between them",
		placeholder: "None",
		testid: "tags"
	})

	connectedCallback() {
		if (this.firstChild) return
		const part = (/** @type {Children} */ ...children) => div("entry-part", ...children)
		const expires = part(h("h3", {}, "Expires"), this.expiration)
		const tags = part(h("h3", {}, "Tags"), this.tags)
		fill(this, this.value, expires, tags, part(h("h3", {}, "Metadata", this.words), this.metadata))
	}

	/** @param {Entry | null} entry @param {Held} held @param {FormState} given */
	hold(entry, held, {limits, shut, downloadPath}) {
		Object.assign(this, {entry, limits})
		this.value.hold(held, downloadPath, shut)
		this.expiration.hold(entry?.expiration ?? null, limits.minimumTTL, shut)
		this.metadata.value = entry?.metadataText ? laidOut(entry.metadataText) : ""
		this.metadata.readOnly = this.tags.readOnly = shut
		this.tags.value = this.tags.defaultValue = entry?.tags?.join(", ") ?? ""
	}

	/** The metadata as it would be stored: its own text while nobody touched it. */
	get metadataText() {
		const text = this.metadata.value.trim(), held = this.entry?.metadataText ?? null
		return held !== null && text === laidOut(held) ? held : text || null
	}

	get allTags() {
		return tagsOf(this.tags.value)
	}

	/** Null when they stay as they are. */
	get newTags() {
		return this.tags.value === this.tags.defaultValue ? null : this.allTags
	}

	get dirty() {
		if (this.newTags) return true
		return this.value.dirty || this.expiration.dirty || this.metadataText !== (this.entry?.metadataText ?? null)
	}

	get metadataProblem() {
		const text = this.metadataText, most = this.limits.metadataBytes
		if (text === null) return null
		const wrong = problemIn(text)
		if (wrong) return `line ${wrong.line}: ${wrong.message}`
		const bytes = byteLength(withoutBlanks(text))
		return bytes > most ? `${count(bytes)} of at most ${exactSize(most)}` : null
	}

	get wrong() {
		const {valueBytes} = this.limits
		if (this.value.wrong) return "The value is not JSON yet. To save it as it is, choose Text."
		if (this.value.length > valueBytes) return `The value is larger than ${exactSize(valueBytes)}.`
		return this.expiration.wrong ?? (this.metadataProblem && "The metadata cannot be stored like this.")
	}

	judge() {
		this.metadata.toggleAttribute("aria-invalid", this.metadataProblem !== null)
		setText(this.words, this.metadataProblem ?? "")
	}

	/** The value to be written; null when it is too large to be here and must be fetched first. */
	get newValue() {
		const {file, held, text} = this.value
		if (file) return {file}
		if ("large" in held) return null
		return "bytes" in held ? {base64: this.entry?.valueBase64 ?? ""} : {text}
	}
}

/** Why a key cannot be made; null when it can. @param {string} name @param {number} most bytes */
export function nameProblem(name, most) {
	if (name === "") return "A key is needed."
	if (name === "." || name === "..") return "This key is not allowed."
	return byteLength(name) > most ? `The key is longer than ${exactSize(most)}.` : null
}

/** @param {Act} create */
export function noSuchKey(create, shut = false) {
	const make = !shut && button("Create it", create, "@create-missing")
	return blank("", ["There is no such key. It may have expired or been deleted."], make)
}

/** When somebody else was there first. @param {boolean} creating @param {Act} show @param {Act} overwrite */
export function conflict(creating, show, overwrite) {
	const words = creating
		? "A key with this name exists already."
		: "It was changed meanwhile, by someone else or a job."
	const theirs = button(creating ? "Open it" : "Reload", show, "@conflict-reload")
	const mine = button("Overwrite", overwrite, "danger @conflict-overwrite")
	return div("conflict", h("p", {}, icon("alert"), words), theirs, mine)
}

/** @param {Entry} entry @returns {Held} */
export function heldBy({value, valueBase64, size}) {
	if (size > EDITED_AT_MOST) return {large: size}
	if (valueBase64 === undefined) return {text: value ?? ""}
	return {bytes: Uint8Array.from(atob(valueBase64), (one) => one.charCodeAt(0))}
}

/** @param {string} key @param {Entry | null} entry @param {Element | null} menu @param {Element} close */
export function entryHead(key, entry, menu, close) {
	const bytes = entry && span({class: "muted", title: exactSize(entry.size)}, size(entry.size))
	return div("entry-title", h("h2", "mono @entry-key", h("bdi", {}, marked(key))), bytes, menu, close)
}

customElements.define("kv-entry-form", KvEntryForm)
