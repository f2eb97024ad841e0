import {blank, button, colors, div, fill, h, icon, setText, span, VERBATIM} from "../lib/dom.js"
import {byteLength, EDITED_AT_MOST} from "../lib/entry-store.js"
import {count, exactSize, marked, size} from "../lib/format.js"
import {laidOut, problemIn, withoutBlanks} from "../lib/json.js"
import {KvExpiration} from "./kv-expiration.js"
import {KvTags} from "./kv-tags.js"
import {KvValue} from "./kv-value.js"

/** JSON that is left literally as it is while nobody touches it. */
class JsonField {
	/** @type {string | null} */
	held = null
	most = 1024
	words = span("part-note")

	constructor(label = "", testid = "", rows = 4) {
		const area = {"aria-label": `${label}, as JSON`, testid, placeholder: "None", rows, ...VERBATIM}
		this.area = h("textarea", area)
		this.words.dataset.testid = `${testid}-words`
		this.part = div("entry-part", h("h3", {}, label, this.words), this.area)
	}

	/** @param {string | null | undefined} held */
	hold(held, shut = false) {
		this.held = held ?? null
		this.area.value = held ? laidOut(held) : ""
		this.area.readOnly = shut
	}

	/** As it would be stored. */
	get text() {
		const text = this.area.value.trim(), {held} = this
		return held !== null && text === laidOut(held) ? held : text || null
	}

	get dirty() {
		return this.text !== this.held
	}

	get wrong() {
		const {text, most} = this
		if (text === null) return null
		const wrong = problemIn(text)
		if (wrong) return `line ${wrong.line}: ${wrong.message}`
		const bytes = byteLength(withoutBlanks(text))
		return bytes > most ? `${count(bytes)} of at most ${exactSize(most)}` : null
	}

	judge() {
		const {wrong} = this
		this.area.toggleAttribute("aria-invalid", wrong !== null)
		setText(this.words, wrong ?? "")
	}
}

/** The fields of an entry: value, expiration, annotation, metadata. Emits `input` when anything changes. */
export class KvEntryForm extends HTMLElement {
	/** @type {Entry | null} what the fields started from; null for a new entry */
	entry = null
	/** @type {API.Limits} */
	limits = {keyBytes: 512, valueBytes: 26_214_400, metadataBytes: 1024, minimumTTL: 60}
	/** @type {Pick<API.Capabilities, "metadata" | "ttl">} */
	capabilities = {metadata: true, ttl: true}
	value = new KvValue()
	expiration = new KvExpiration()
	expires = div("entry-part", h("h3", {}, "Expires"), this.expiration)
	metadata = new JsonField("Metadata", "metadata")
	custom = new JsonField("Custom metadata, kept beside the store", "custom-metadata", 2)
	tags = new KvTags("tags")
	color = colors("color")
	held = ""

	connectedCallback() {
		if (this.firstChild) return
		const tags = div("entry-part", h("h3", {}, "Tags and color"), div("entry-tags", this.tags, this.color))
		fill(this, this.value, this.expires, this.metadata.part, tags, this.custom.part)
	}

	/** @param {Entry | null} entry @param {Held} held @param {FormState} given */
	hold(entry, held, {limits, capabilities, shut, downloadPath}) {
		Object.assign(this, {entry, limits})
		this.expires.hidden = !capabilities.ttl
		this.metadata.part.hidden = !capabilities.metadata
		this.value.hold(held, downloadPath, shut)
		this.expiration.hold(entry?.expiration ?? null, limits.minimumTTL, shut)
		this.metadata.most = limits.metadataBytes
		this.metadata.hold(entry?.metadataText, shut)
		this.custom.hold(entry?.customText, shut)
		this.color.disabled = shut
		this.tags.hold(entry?.tags ?? [], shut)
		this.color.value = this.held = entry?.color ?? ""
	}

	/** What of the annotation is changed, or `all` of it, as members of JSON. */
	annotation(all = false) {
		const {tags, color, custom} = this
		return [
			(all || tags.dirty) && `"tags":${JSON.stringify(tags.tags)}`,
			(all || color.value !== this.held) && `"color":${JSON.stringify(color.value || null)}`,
			(all || custom.dirty) && `"customMetadata":${custom.text}`
		].filter((one) => one !== false)
	}

	get dirty() {
		return this.annotation().length > 0 || [this.value, this.expiration, this.metadata].some((part) => part.dirty)
	}

	get wrong() {
		const {valueBytes} = this.limits
		if (this.value.wrong) return "The value is not JSON yet. To save it as it is, choose Text."
		if (this.value.length > valueBytes) return `The value is larger than ${exactSize(valueBytes)}.`
		const wrong = this.metadata.wrong ?? this.custom.wrong
		return this.expiration.wrong ?? (wrong && "The metadata cannot be stored like this.")
	}

	judge() {
		this.metadata.judge()
		this.custom.judge()
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
