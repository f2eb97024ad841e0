import {base} from "../lib/api.js"
import {button, div, fill, h, icon, iconButton, plainButton, span, textButton, VERBATIM} from "../lib/dom.js"
import {asText, byteLength, EDITED_AT_MOST, partsOf} from "../lib/entry-store.js"
import {count, exactSize, size, visible} from "../lib/format.js"
import {laidOut, problemIn} from "../lib/json.js"
import {complain, whileBusy} from "../lib/view.js"

/** @type {[Mode, string][]} */
const MODES = [["text", "Text"], ["json", "JSON"], ["tree", "Tree"], ["hex", "Hex"]]

/** A value: text and JSON to edit, bytes to look at, any of them to replace by a file. Emits `input` when it changes. */
export class KvValue extends HTMLElement {
	/** @type {Held} */
	held = {text: ""}
	/** @type {File | null} */
	file = null
	/** Where the value can be read; null for one that is not stored yet. @type {string | null} */
	path = null
	/** @type {Mode} */
	mode = "text"
	shut = false
	/** How the lines of the held text end: fields hold line feeds alone. @type {"\n" | "\r\n" | "mixed"} */
	lineEnd = "\n"
	area = h("textarea", {"aria-label": "Value", testid: "value", ...VERBATIM})
	editor = div("editor", this.area)
	/** Holds what is only to be read: the tree, or the bytes. */
	reader = div("reader")
	note = h("p", "value-note @value-note")
	problem = h("p", {class: "value-problem", testid: "json-problem", role: "status"})
	modes = div({class: "modes", role: "group", "aria-label": "Show the value as"})
	format = button("Format", () => this.layOut(), "quiet @format")
	download = h("a", {class: "icon-button", testid: "download", download: true}, icon("down"))
	chooser = h("input", {type: "file", hidden: true, testid: "value-file"})
	replace = iconButton("up", "Replace by a file", () => this.chooser.click(), "@upload")

	connectedCallback() {
		if (this.firstChild) return
		this.download.ariaLabel = this.download.title = "Download the value"
		const tools = span("value-tools", this.format, this.download, this.replace, this.chooser)
		fill(
			this,
			div("value-head", h("h3", {}, "Value"), this.modes, tools),
			this.note,
			this.editor,
			this.reader,
			this.problem
		)
		this.area.addEventListener("input", () => this.judge())
		this.chooser.addEventListener("change", async () => {
			const file = this.chooser.files?.[0]
			if (file) await this.take(file)
			this.chooser.value = ""
		})
	}

	/** @param {Held} held @param {string | null} downloadPath */
	hold(held, downloadPath, shut = false) {
		const text = "text" in held ? held.text : ""
		Object.assign(this, {held, shut, file: null, path: downloadPath, lineEnd: lineEndOf(text)})
		this.area.value = text
		this.mode = "text" in held ? modeFor(text) : "large" in held ? "text" : "hex"
		fill(this.reader)
		this.download.hidden = downloadPath === null
		this.download.href = `${base}${downloadPath}&download=1`
		this.render()
	}

	/** The text as it is to be stored: untouched if nothing was typed. */
	get text() {
		const held = "text" in this.held ? this.held.text : "", typed = this.area.value
		if (typed === unified(held)) return held
		return this.lineEnd === "\r\n" ? typed.replaceAll("\n", "\r\n") : typed
	}

	get dirty() {
		return this.file !== null || ("text" in this.held && this.area.value !== unified(this.held.text))
	}

	get wrong() {
		return this.file === null && this.mode === "json" && this.dirty ? problemIn(this.area.value) : null
	}

	get length() {
		if (this.file) return this.file.size
		if ("bytes" in this.held) return this.held.bytes.length
		return "large" in this.held ? this.held.large : byteLength(this.text)
	}

	type(text = "") {
		this.file = null
		this.area.value = text
		this.mode = modeFor(text)
		this.changed()
	}

	changed() {
		this.render()
		this.dispatchEvent(new Event("input", {bubbles: true}))
	}

	/** A short text goes into the editor, anything else waits for the save. @param {File} file */
	async take(file) {
		const text = file.size <= EDITED_AT_MOST ? asText(new Uint8Array(await file.arrayBuffer())) : null
		if (text !== null && !text.includes("\r") && "text" in this.held) return this.type(text)
		this.file = file
		this.changed()
	}

	layOut() {
		if (!problemIn(this.area.value)) this.type(laidOut(this.area.value))
	}

	judge() {
		const text = this.area.value, asJSON = this.mode === "json" || this.mode === "tree"
		const wrong = asJSON ? problemIn(text) : null
		this.format.disabled = wrong !== null || this.area.readOnly
		this.problem.hidden = wrong === null
		this.area.toggleAttribute("aria-invalid", wrong !== null)
		if (wrong) {
			const go = () => {
				if (this.mode === "tree") this.show("json")
				this.area.focus()
				this.area.setSelectionRange(wrong.at, Math.min(wrong.at + 1, text.length))
			}
			const where = textButton(`Line ${count(wrong.line)}, column ${count(wrong.column)}`, go)
			fill(this.problem, where, `: ${wrong.message}.`)
		}
	}

	render() {
		const {held, file, mode} = this, isText = "text" in held && file === null
		const modes = isText ? MODES : MODES.filter(([one]) => "large" in held && (one === "text" || one === "hex"))
		const edits = isText && (mode === "text" || mode === "json")
		const buttons = modes.map(([one, name]) =>
			plainButton(name, () => this.show(one), {"aria-pressed": String(one === mode), testid: `mode-${one}`})
		)
		fill(this.modes, buttons)
		this.modes.hidden = modes.length === 0 || file !== null
		this.format.hidden = !isText || mode !== "json"
		this.editor.hidden = !edits
		this.reader.hidden = edits || file !== null
		this.area.readOnly = this.shut || this.lineEnd === "mixed"
		this.replace.disabled = this.shut
		if (!this.reader.hidden) whileBusy(() => this.read()).catch(complain)
		const words = this.explanation()
		fill(this.note, ...words)
		this.note.hidden = words.length === 0
		this.judge()
	}

	/** Shows what is only to be read. How it does is fetched when it is first wanted. */
	async read() {
		const {mode, reader} = this
		const made = mode === "tree"
			? new (await import("./kv-json-tree.js")).KvJsonTree()
			: new (await import("./kv-bytes.js")).KvBytes()
		if (this.mode !== mode) return
		fill(reader, made)
		if (!("source" in made)) return problemIn(this.area.value) === null && made.show(this.area.value)
		await made.show(this.bytes, mode === "text")
	}

	/** @returns {Bytes} */
	get bytes() {
		const {held, path} = this
		if ("large" in held) return {size: held.large, read: partsOf(path ?? "")}
		const bytes = "bytes" in held ? held.bytes : new TextEncoder().encode(this.text)
		return {size: bytes.length, read: (from, to) => Promise.resolve(bytes.subarray(from, to))}
	}

	/** @param {Mode} mode */
	show(mode) {
		this.mode = mode
		this.changed()
	}

	explanation() {
		const {held, file} = this
		const otherwise = "Download it, or replace it by a file."
		if (file) {
			const keep = textButton("Keep the old one", () => {
				this.file = null
				this.changed()
			})
			return [`${visible(file.name)}, ${exactSize(file.size)}, replaces the value when saved. `, keep]
		}
		if ("large" in held) return [`${size(held.large)} is too much to edit here, and shown in parts. ${otherwise}`]
		if ("bytes" in held) return ["Not text. ", otherwise]
		if (this.lineEnd === "mixed") {
			const unify = textButton("Edit with plain line feeds", () => {
				this.lineEnd = "\n"
				this.render()
			})
			return ["Its lines end in different ways, which a text field cannot keep. It is shown to read. ", unify]
		}
		return []
	}
}

const unified = (text = "") => text.replaceAll(/\r\n?/g, "\n")

/** @returns {Mode} */
const modeFor = (text = "") => (/^\s*[{[]/.test(text) && problemIn(text) === null ? "json" : "text")

/** @returns {"\n" | "\r\n" | "mixed"} */
function lineEndOf(text = "") {
	if (!text.includes("\r")) return "\n"
	return /\r(?!\n)|(?<!\r)\n/.test(text) ? "mixed" : "\r\n"
}

customElements.define("kv-value", KvValue)
