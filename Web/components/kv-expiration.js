import { fill, h } from "../lib/dom.js";
import { exact, localInput, relative } from "../lib/format.js";

const UNITS = [["60", "minutes"], ["3600", "hours"], ["86400", "days"]];

/** When an entry expires: never, at a moment, or after a while. Emits `input`. */
export class KvExpiration extends HTMLElement {
    /** @type {number | null} */
    held = null;
    minimum = 60;
    kind = h(
        "select",
        { "aria-label": "Expires", testid: "expiration-kind" },
        [["never", "Never"], ["at", "At"], ["in", "In"]].map(([value, label]) => h("option", { value }, label)),
    );
    moment = h("input", {
        type: "datetime-local",
        step: 1,
        "aria-label": "Moment of expiration, in local time",
        testid: "expiration-at",
    });
    number = h("input", { type: "number", min: 1, value: "1", "aria-label": "How many", testid: "expiration-in" });
    unit = h(
        "select",
        { "aria-label": "Unit", testid: "expiration-unit" },
        UNITS.map(([value, label]) => h("option", { value, selected: value === "3600" }, label)),
    );
    words = h("span", { class: "muted", testid: "expiration-words" });

    connectedCallback() {
        if (this.firstChild) return;
        fill(this, this.kind, this.moment, this.number, this.unit, this.words);
        this.addEventListener("input", () => this.render());
        this.addEventListener("change", () => this.render());
    }

    /** @param {number | null} seconds @param {number} minimum the least lifetime allowed @param {boolean} shut */
    hold(seconds, minimum, shut) {
        this.held = seconds;
        this.minimum = minimum;
        this.kind.value = seconds === null ? "never" : "at";
        this.moment.value = seconds === null ? "" : localInput(seconds);
        for (const field of [this.kind, this.moment, this.number, this.unit]) field.disabled = shut;
        this.render();
    }

    /** Unix seconds; null for never, NaN while nothing sensible is filled in. @returns {number | null} */
    get value() {
        if (this.kind.value === "never") return null;
        if (this.kind.value === "in") {
            return Math.floor(Date.now() / 1000) +
                Math.round(Number(this.number.value || NaN) * Number(this.unit.value));
        }
        if (this.held !== null && this.moment.value === localInput(this.held)) return this.held;
        return Math.floor(new Date(this.moment.value).getTime() / 1000);
    }

    get dirty() {
        return this.kind.value === "in" || this.value !== this.held;
    }

    /** What keeps it from being saved; null when nothing does. An unchanged one is the server's to judge. */
    get wrong() {
        const value = this.value;
        if (value === null || !this.dirty) return null;
        if (Number.isNaN(value)) return "Fill in when it expires.";
        if (value - Date.now() / 1000 < this.minimum - 1) return `It must lie at least ${this.minimum} s ahead.`;
        return null;
    }

    render() {
        this.moment.hidden = this.kind.value !== "at";
        this.number.hidden = this.unit.hidden = this.kind.value !== "in";
        const value = this.value;
        const known = value !== null && !Number.isNaN(value);
        this.words.textContent = this.wrong ??
            (known
                ? (this.kind.value === "in" ? exact(value * 1000).replace(/ \(.*/, "") : relative(value * 1000))
                : "");
        this.words.title = known ? exact(value * 1000) : "";
        this.words.classList.toggle("bad", this.wrong !== null);
    }
}

customElements.define("kv-expiration", KvExpiration);
