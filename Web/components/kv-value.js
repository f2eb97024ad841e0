import { asText, byteLength, hexLines } from "../lib/bytes.js";
import { fill, h, icon, setText } from "../lib/dom.js";
import { count, exactSize, size } from "../lib/format.js";
import { laidOut, problemIn } from "../lib/json-text.js";
import { visible } from "../lib/names.js";
import { colored } from "./json-colors.js";

/** Above this a value is not brought into the editor: it can be downloaded and replaced. */
export const EDITED_AT_MOST = 1_048_576;
const COLORED_AT_MOST = 65_536;

/** @typedef {{ text: string } | { bytes: Uint8Array<ArrayBuffer> } | { large: number }} Held */
/** @typedef {"text" | "json" | "hex"} Mode */

/** A value: text and JSON to edit, bytes to look at, any of them to replace by a file. Emits `input` when it changes. */
export class KvValue extends HTMLElement {
    /** @type {Held} */
    held = { text: "" };
    /** @type {File | null} */
    file = null;
    /** @type {Mode} */
    mode = "text";
    /** How the lines of the held text end: fields hold line feeds alone. @type {"\n" | "\r\n" | "mixed"} */
    lineEnd = "\n";
    area = h("textarea", {
        "aria-label": "Value",
        testid: "value",
        spellcheck: "false",
        autocapitalize: "off",
        autocomplete: "off",
    });
    colors = h("pre", { class: "colors", "aria-hidden": "true" });
    editor = h("div", { class: "editor" }, this.colors, this.area);
    hex = h("pre", { class: "hex", tabindex: 0, "aria-label": "Value in hexadecimal", testid: "hex" });
    note = h("p", { class: "value-note", testid: "value-note" });
    problem = h("p", { class: "value-problem", testid: "json-problem", role: "status" });
    modes = h("div", { class: "modes", role: "group", "aria-label": "Show the value as" });
    format = h("button", {
        type: "button",
        class: "button quiet",
        testid: "format",
        on: { click: () => this.layOut() },
    }, "Format");
    download = h("a", {
        class: "icon-button",
        "aria-label": "Download the value",
        title: "Download the value",
        testid: "download",
        download: true,
    }, icon("down"));
    chooser = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true", testid: "value-file" });
    replace = h("button", {
        type: "button",
        class: "icon-button",
        "aria-label": "Replace by a file",
        title: "Replace by a file",
        testid: "upload",
    }, icon("up"));

    connectedCallback() {
        if (this.firstChild) return;
        fill(
            this,
            h(
                "div",
                { class: "value-head" },
                h("h3", {}, "Value"),
                this.modes,
                h("span", { class: "grow" }),
                this.format,
                this.download,
                this.replace,
                this.chooser,
            ),
            this.note,
            this.editor,
            this.hex,
            this.problem,
        );
        this.area.addEventListener("input", () => this.edited());
        this.replace.addEventListener("click", () => this.chooser.click());
        this.chooser.addEventListener("change", (event) => {
            event.stopPropagation();
            this.take(this.chooser.files?.[0] ?? null);
            this.chooser.value = "";
        });
        this.addEventListener("dragover", (event) => event.preventDefault());
        this.addEventListener("drop", (event) => {
            event.preventDefault();
            this.take(event.dataTransfer?.files[0] ?? null);
        });
    }

    /** @param {Held} held @param {string | null} downloadPath */
    hold(held, downloadPath) {
        this.held = held;
        this.file = null;
        const text = "text" in held ? held.text : "";
        this.lineEnd = lineEndOf(text);
        this.area.value = text;
        this.mode = "text" in held ? (looksLikeJSON(text) ? "json" : "text") : "hex";
        this.download.hidden = downloadPath === null;
        if (downloadPath !== null) this.download.href = `${downloadPath}?download=1`;
        this.render();
    }

    /** The text as it is to be stored: untouched if nothing was typed. */
    get text() {
        const held = "text" in this.held ? this.held.text : "";
        if (this.area.value === unified(held)) return held;
        return this.lineEnd === "\r\n" ? this.area.value.replaceAll("\n", "\r\n") : this.area.value;
    }

    get dirty() {
        return this.file !== null || ("text" in this.held && this.area.value !== unified(this.held.text));
    }

    /** What keeps it from being saved. */
    get wrong() {
        return this.file === null && this.mode === "json" && this.dirty ? problemIn(this.area.value) : null;
    }

    get bytes() {
        if (this.file) return this.file.size;
        if ("bytes" in this.held) return this.held.bytes.length;
        return "large" in this.held ? this.held.large : byteLength(this.text);
    }

    /** A short text goes into the editor, anything else waits for the save. @param {File | null} file */
    async take(file) {
        if (!file || this.area.readOnly) return;
        const text = file.size <= EDITED_AT_MOST ? asText(new Uint8Array(await file.arrayBuffer())) : null;
        const plain = text !== null && !text.includes("\r");
        if (plain && "text" in this.held) {
            this.file = null;
            this.area.value = text;
            this.mode = looksLikeJSON(text) ? "json" : "text";
        } else this.file = file;
        this.render();
        this.dispatchEvent(new Event("input", { bubbles: true }));
    }

    layOut() {
        if (problemIn(this.area.value)) return;
        this.area.value = laidOut(this.area.value);
        this.edited();
        this.dispatchEvent(new Event("input", { bubbles: true }));
    }

    edited() {
        const wrong = this.mode === "json" ? problemIn(this.area.value) : null;
        this.format.disabled = wrong !== null || this.area.readOnly;
        this.problem.hidden = wrong === null;
        this.area.toggleAttribute("aria-invalid", wrong !== null);
        if (wrong) {
            const go = () => {
                this.area.focus();
                this.area.setSelectionRange(wrong.at, Math.min(wrong.at + 1, this.area.value.length));
            };
            fill(
                this.problem,
                h(
                    "button",
                    { type: "button", class: "link", on: { click: go } },
                    `Line ${count(wrong.line)}, column ${count(wrong.column)}`,
                ),
                `: ${wrong.message}.`,
            );
        }
        const rich = this.mode === "json" && this.area.value.length <= COLORED_AT_MOST;
        this.editor.classList.toggle("rich", rich);
        fill(this.colors, rich ? colored(this.area.value) : "");
    }

    render() {
        const isText = "text" in this.held && this.file === null;
        const choose = (/** @type {Mode} */ mode) => () => {
            this.mode = mode;
            this.render();
            this.dispatchEvent(new Event("input", { bubbles: true }));
        };
        /** @type {[Mode, string][]} */
        const names = [["text", "Text"], ["json", "JSON"], ["hex", "Hex"]];
        fill(
            this.modes,
            isText && names.map(([mode, name]) =>
                h("button", {
                    type: "button",
                    "aria-pressed": String(mode === this.mode),
                    testid: `mode-${mode}`,
                    on: { click: choose(mode) },
                }, name)
            ),
        );
        this.modes.hidden = !isText;
        this.format.hidden = !isText || this.mode !== "json";
        this.editor.hidden = !isText || this.mode === "hex";
        this.area.readOnly = this.hasAttribute("data-shut") || this.lineEnd === "mixed";
        this.replace.disabled = this.hasAttribute("data-shut");
        const bytes = "bytes" in this.held ? this.held.bytes : new TextEncoder().encode(this.text);
        this.hex.hidden = this.file !== null || "large" in this.held || (isText && this.mode !== "hex");
        setText(this.hex, this.hex.hidden ? "" : hexLines(bytes));
        this.explain(bytes.length);
        this.edited();
    }

    /** @param {number} length */
    explain(length) {
        const undo = h(
            "button",
            { type: "button", class: "link", on: { click: () => this.drop() } },
            "keep the old one",
        );
        const anyway = h(
            "button",
            { type: "button", class: "link", on: { click: () => this.unify() } },
            "edit with plain line feeds",
        );
        /** @type {(string | HTMLElement)[]} */
        let words = [];
        if (this.file) {
            words = [
                `${visible(this.file.name)}, ${exactSize(this.file.size)}, replaces the value when saved; `,
                undo,
                ".",
            ];
        } else if ("large" in this.held) {
            words = [`${size(this.held.large)} is too large to show here. Download it, or replace it by a file.`];
        } else if ("bytes" in this.held && length > 16_384) {
            words = [`Not text. The first 16,384 of ${exactSize(length)}; download it for the rest.`];
        } else if ("bytes" in this.held) words = ["Not text. Download it, or replace it by a file."];
        else if (this.lineEnd === "mixed") {
            words = [
                "Its lines end in different ways, which a text field cannot keep. It is shown to read; you may ",
                anyway,
                ".",
            ];
        }
        fill(this.note, ...words);
        this.note.hidden = words.length === 0;
    }

    drop() {
        this.file = null;
        this.render();
        this.dispatchEvent(new Event("input", { bubbles: true }));
    }

    unify() {
        this.lineEnd = "\n";
        this.render();
        this.area.focus();
    }
}

/** @param {string} text */
const unified = (text) => text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");

/** @param {string} text */
const looksLikeJSON = (text) => /^\s*[{[]/.test(text) && problemIn(text) === null;

/** @param {string} text @returns {"\n" | "\r\n" | "mixed"} */
function lineEndOf(text) {
    if (!text.includes("\r")) return "\n";
    return /\r(?!\n)|(?<!\r)\n/.test(text) ? "mixed" : "\r\n";
}

customElements.define("kv-value", KvValue);
