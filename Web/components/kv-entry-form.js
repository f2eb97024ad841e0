import { button, div, fill, h, icon, select, setText, span, VERBATIM } from "../lib/dom.js";
import { count, exact, exactSize, local, relative } from "../lib/format.js";
import { byteLength, laidOut, problemIn, withoutBlanks } from "../lib/json-text.js";
import { KvValue } from "./kv-value.js";

const KINDS = [["never", "Never"], ["at", "At"], ["in", "In"]];
const MOMENT = "Moment of expiration, in local time";
const UNITS = [["60", "minutes"], ["3600", "hours"], ["86400", "days"]];

/** For datetime-local fields: local time without a zone. @param {number} seconds */
function localInput(seconds) {
	const date = new Date(seconds * 1000);
	return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** When an entry expires: never, at a moment, or after a while. Emits `input`. */
class KvExpiration extends HTMLElement {
	/** @type {number | null} */
	held = null;
	minimum = 60;
	kind = select(KINDS, "never", { "aria-label": "Expires", testid: "expiration-kind" });
	moment = h("input", { type: "datetime-local", step: 1, "aria-label": MOMENT, testid: "expiration-at" });
	number = h("input", { type: "number", min: 1, value: "1", "aria-label": "How many", testid: "expiration-in" });
	unit = select(UNITS, "3600", { "aria-label": "Unit", testid: "expiration-unit" });
	fields = [this.kind, this.moment, this.number, this.unit];
	words = span("muted @expiration-words");

	connectedCallback() {
		if (this.firstChild) return;
		fill(this, ...this.fields, this.words);
		for (const type of ["input", "change"]) this.addEventListener(type, () => this.render());
	}

	/** @param {number | null} seconds @param {number} minimum the least lifetime allowed @param {boolean} shut */
	hold(seconds, minimum, shut) {
		Object.assign(this, { held: seconds, minimum });
		this.kind.value = seconds === null ? "never" : "at";
		this.moment.value = seconds === null ? "" : localInput(seconds);
		for (const field of this.fields) field.disabled = shut;
		this.render();
	}

	/** Unix seconds; null for never, NaN while nothing sensible is filled in. @returns {number | null} */
	get value() {
		if (this.kind.value === "never") return null;
		const now = Math.floor(Date.now() / 1000);
		if (this.kind.value === "in") {
			return now + Math.round(Number(this.number.value || NaN) * Number(this.unit.value));
		}
		if (this.held !== null && this.moment.value === localInput(this.held)) return this.held;
		return Math.floor(new Date(this.moment.value).getTime() / 1000);
	}

	get dirty() {
		return this.kind.value === "in" || this.value !== this.held;
	}

	/** What keeps it from being saved; null when nothing does. An unchanged one is the server's to judge. */
	get wrong() {
		const { value } = this;
		if (value === null || !this.dirty) return null;
		if (Number.isNaN(value)) return "Fill in when it expires.";
		return value - Date.now() / 1000 < this.minimum - 1 ? `It must lie at least ${this.minimum} s ahead.` : null;
	}

	render() {
		const { value, wrong } = this, kind = this.kind.value;
		this.moment.hidden = kind !== "at";
		this.number.hidden = this.unit.hidden = kind !== "in";
		const at = value === null || Number.isNaN(value) ? null : value * 1000;
		const words = at === null ? "" : kind === "in" ? local(at) : relative(at);
		setText(this.words, wrong ?? words);
		this.words.title = exact(at) ?? "";
		this.words.classList.toggle("bad", wrong !== null);
	}
}

customElements.define("kv-expiration", KvExpiration);

/** The fields of an entry: value, expiration, metadata. Emits `input` when anything changes. */
export class KvEntryForm extends HTMLElement {
	/** @type {Entry | null} what the fields started from; null for a new entry */
	entry = null;
	/** @type {Limits} */
	limits = { keyBytes: 512, valueBytes: 26_214_400, metadataBytes: 1024, minimumTTL: 60 };
	value = new KvValue();
	expiration = new KvExpiration();
	metadata = h("textarea", {
		"aria-label": "Metadata, as JSON",
		testid: "metadata",
		placeholder: "None",
		rows: 4,
		...VERBATIM,
	});
	words = span("part-note @metadata-words");

	connectedCallback() {
		if (this.firstChild) return;
		const part = (/** @type {Children} */ ...children) => div("entry-part", ...children);
		const expires = part(h("h3", {}, "Expires"), this.expiration);
		fill(this, this.value, expires, part(h("h3", {}, "Metadata", this.words), this.metadata));
	}

	/** @param {Entry | null} entry @param {Held} held @param {FormState} given */
	hold(entry, held, { limits, shut, downloadPath }) {
		Object.assign(this, { entry, limits });
		this.value.hold(held, downloadPath, shut);
		this.expiration.hold(entry?.expiration ?? null, limits.minimumTTL, shut);
		this.metadata.value = entry?.metadataText ? laidOut(entry.metadataText) : "";
		this.metadata.readOnly = shut;
	}

	/** The metadata as it would be stored: its own text while nobody touched it. */
	get metadataText() {
		const text = this.metadata.value.trim(), held = this.entry?.metadataText ?? null;
		return held !== null && text === laidOut(held) ? held : text || null;
	}

	get dirty() {
		return this.value.dirty || this.expiration.dirty || this.metadataText !== (this.entry?.metadataText ?? null);
	}

	get metadataProblem() {
		const text = this.metadataText, most = this.limits.metadataBytes;
		if (text === null) return null;
		const wrong = problemIn(text);
		if (wrong) return `line ${wrong.line}: ${wrong.message}`;
		const bytes = byteLength(withoutBlanks(text));
		return bytes > most ? `${count(bytes)} of at most ${exactSize(most)}` : null;
	}

	get wrong() {
		const { valueBytes } = this.limits;
		if (this.value.wrong) return "The value is not JSON. Choose Text to save it as it is.";
		if (this.value.length > valueBytes) return `The value is larger than ${exactSize(valueBytes)}.`;
		return this.expiration.wrong ?? (this.metadataProblem && "The metadata cannot be stored like this.");
	}

	judge() {
		this.metadata.toggleAttribute("aria-invalid", this.metadataProblem !== null);
		setText(this.words, this.metadataProblem ?? "");
	}

	/** The value to be written; null when it is too large to be here and must be fetched first. */
	get newValue() {
		const { file, held, text } = this.value;
		if (file) return { file };
		if ("large" in held) return null;
		return "bytes" in held ? { base64: this.entry?.valueBase64 ?? "" } : { text };
	}
}

/** Why a key cannot be made; null when it can. @param {string} name @param {number} most bytes */
export function nameProblem(name, most) {
	if (name === "") return "A key is needed.";
	if (name === "." || name === "..") return "This key is not allowed.";
	return byteLength(name) > most ? `The key is longer than ${exactSize(most)}.` : null;
}

/** When somebody else was there first. @param {boolean} creating @param {Act} show @param {Act} overwrite */
export function conflict(creating, show, overwrite) {
	const words = creating
		? "A key with this name exists already."
		: "It was changed meanwhile, by someone else or a job.";
	const theirs = button(creating ? "Open it" : "Reload", show, "@conflict-reload");
	const mine = button("Overwrite", overwrite, "danger @conflict-overwrite");
	return div("conflict", h("p", {}, icon("alert"), words), theirs, mine);
}

customElements.define("kv-entry-form", KvEntryForm);
