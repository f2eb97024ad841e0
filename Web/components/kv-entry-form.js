/** @import { Entry, Held, Limits } from "../lib/types.js" */
import { byteLength } from "../lib/bytes.js";
import { div, fill, h, setText, VERBATIM } from "../lib/dom.js";
import { count, exactSize } from "../lib/format.js";
import { laidOut, problemIn, withoutBlanks } from "../lib/json-text.js";
import { KvExpiration } from "./kv-expiration.js";
import { KvValue } from "./kv-value.js";

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
	words = h("span", { class: "part-note", testid: "metadata-words" });

	connectedCallback() {
		if (this.firstChild) return;
		const heading = h("h3", {}, "Metadata", this.words);
		fill(
			this,
			this.value,
			div("entry-part", h("h3", {}, "Expires"), this.expiration),
			div("entry-part", heading, this.metadata),
		);
	}

	/** @param {Entry | null} entry @param {Held} held @param {{ limits: Limits, shut: boolean, downloadPath: string | null }} given */
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

customElements.define("kv-entry-form", KvEntryForm);
