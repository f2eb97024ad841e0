import { fill, h, select, setText } from "../lib/dom.js";
import { exact, localInput, relative } from "../lib/format.js";

const UNITS = [["60", "minutes"], ["3600", "hours"], ["86400", "days"]];

/** When an entry expires: never, at a moment, or after a while. Emits `input`. */
export class KvExpiration extends HTMLElement {
	/** @type {number | null} */
	held = null;
	minimum = 60;
	kind = select([["never", "Never"], ["at", "At"], ["in", "In"]], "never", {
		"aria-label": "Expires",
		testid: "expiration-kind",
	});
	moment = h("input", {
		type: "datetime-local",
		step: 1,
		"aria-label": "Moment of expiration, in local time",
		testid: "expiration-at",
	});
	number = h("input", { type: "number", min: 1, value: "1", "aria-label": "How many", testid: "expiration-in" });
	unit = select(UNITS, "3600", { "aria-label": "Unit", testid: "expiration-unit" });
	words = h("span", { class: "muted", testid: "expiration-words" });

	connectedCallback() {
		if (this.firstChild) return;
		fill(this, this.kind, this.moment, this.number, this.unit, this.words);
		for (const type of ["input", "change"]) this.addEventListener(type, () => this.render());
	}

	/** @param {number | null} seconds @param {number} minimum the least lifetime allowed @param {boolean} shut */
	hold(seconds, minimum, shut) {
		Object.assign(this, { held: seconds, minimum });
		this.kind.value = seconds === null ? "never" : "at";
		this.moment.value = seconds === null ? "" : localInput(seconds);
		for (const field of [this.kind, this.moment, this.number, this.unit]) field.disabled = shut;
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
		const words = at === null ? "" : kind === "in" ? exact(at).replace(/ \(.*/, "") : relative(at);
		setText(this.words, wrong ?? words);
		this.words.title = at === null ? "" : exact(at);
		this.words.classList.toggle("bad", wrong !== null);
	}
}

customElements.define("kv-expiration", KvExpiration);
