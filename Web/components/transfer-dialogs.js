/** @import { JobSelection, Namespace } from "../lib/types.js" */
import { at, isAbort, query } from "../lib/api.js";
import { randomID } from "../lib/bytes.js";
import { catalog } from "../lib/catalog.js";
import { h, icon, setText } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { counted, size } from "../lib/format.js";
import { modal } from "../lib/modal.js";
import { quoted, visible } from "../lib/names.js";
import { upload } from "../lib/upload.js";
import { labelled } from "./namespace-dialogs.js";

const FORMATS = [
    ["ndjson", "NDJSON", "an entry a line; everything travels"],
    ["json", "JSON", "one array of entries"],
    ["csv", "CSV", "for spreadsheets"],
    ["wrangler", "wrangler", "for wrangler kv bulk put"],
];

export const COLLISIONS = [
    ["overwrite", "Overwrite", "the entry there is replaced"],
    ["skip", "Skip", "the entry there stays"],
    ["fail", "Stop", "the job ends at the first one"],
];

/**
 * A group of radio buttons.
 * @param {string} legend @param {string} name @param {string[][]} options value, label, words
 */
export function choice(legend, name, options) {
    const radios = options.map(([value, label, words], index) =>
        h(
            "label",
            { class: "option" },
            h("input", { type: "radio", name, value, checked: index === 0, testid: `${name}-${value}` }),
            h("span", {}, h("b", {}, label), words && h("small", {}, words)),
        )
    );
    const element = h("fieldset", { class: "choice" }, h("legend", {}, legend), radios);
    return { element, value: () => element.querySelector("input:checked")?.getAttribute("value") ?? options[0][0] };
}

/** What a selection holds, in words. @param {JobSelection} selection @param {number | null | undefined} number */
export function selectionWords(selection, number) {
    if ("keys" in selection) return [counted(selection.keys.length)];
    const many = typeof number === "number" ? counted(number) : "all keys";
    return "prefix" in selection ? [`${many} under `, quoted(selection.prefix)] : [many];
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} [number] */
export function openExport(store, namespace, selection, number) {
    const format = choice("Format", "format", FORMATS);
    const gzip = h("input", { type: "checkbox", testid: "gzip" });
    const idempotencyKey = randomID();
    modal({
        title: "Export",
        testid: "export-dialog",
        action: "Export",
        body: [
            h(
                "p",
                {},
                ...selectionWords(selection, number),
                " from ",
                quoted(namespace.title),
                ". The file is downloaded when it is ready.",
            ),
            format.element,
            h("label", { class: "check" }, gzip, "Compress with gzip"),
        ],
        onSubmit: () =>
            followed.start(
                {
                    kind: "export",
                    store,
                    namespace: namespace.id,
                    selection,
                    format: format.value(),
                    gzip: gzip.checked,
                },
                idempotencyKey,
            ),
    });
}

/** @param {string} store @param {Namespace} namespace */
export function openImport(store, namespace) {
    const field = h("input", { type: "file", testid: "import-file", class: "unseen", "aria-label": "File to import" });
    const words = h("span", {}, "Choose a file, or drop it here");
    const drop = h("label", { class: "drop" }, icon("up"), words, field);
    const format = h(
        "select",
        { testid: "import-format" },
        [["auto", "Detect by content"], ...FORMATS].map(([value, label]) => h("option", { value }, label)),
    );
    const collision = choice("When a key exists already", "collision", COLLISIONS);
    const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Upload" });
    const sent = h("p", { class: "muted", testid: "upload-progress", role: "status" });
    const leaving = new AbortController();
    /** @type {File | null} */
    let file = null;
    const take = (/** @type {File | undefined} */ chosen) => {
        file = chosen ?? null;
        setText(words, file ? `${visible(file.name)}, ${size(file.size)}` : "Choose a file, or drop it here");
        drop.classList.toggle("chosen", file !== null);
        drop.dispatchEvent(new Event("change", { bubbles: true }));
    };
    field.addEventListener("change", (event) => {
        event.stopPropagation();
        take(field.files?.[0]);
    });
    drop.addEventListener("dragover", (event) => {
        event.preventDefault();
        drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        take(event.dataTransfer?.files[0]);
    });
    modal({
        title: "Import",
        testid: "import-dialog",
        action: "Import",
        body: [
            h(
                "p",
                {},
                "Into ",
                quoted(namespace.title),
                ". NDJSON, JSON, CSV and wrangler's bulk format, also compressed with gzip.",
            ),
            drop,
            labelled("Format", format),
            collision.element,
            bar,
            sent,
        ],
        missing: () => (file ? null : "a file"),
        onClose: () => leaving.abort(),
        async onSubmit() {
            const chosen = /** @type {File} */ (file);
            bar.hidden = false;
            const path = `${at.namespace(store, namespace.id)}/import` +
                query({ format: format.value, collision: collision.value(), filename: chosen.name });
            try {
                const answer = await upload("POST", path, chosen, {
                    headers: { "Content-Type": "application/octet-stream" },
                    signal: leaving.signal,
                    sent(bytes, total) {
                        bar.value = total ? bytes / total : 1;
                        setText(
                            sent,
                            bytes < total
                                ? `Uploading ${mega(bytes)} of ${size(total)}`
                                : "Uploaded; the server is taking it in…",
                        );
                    },
                });
                followed.follow(JSON.parse(answer));
            } catch (error) {
                if (isAbort(error)) return;
                throw error;
            } finally {
                bar.hidden = true;
                setText(sent, "");
            }
        },
    });
    catalog.refresh();
}

/** @param {number} bytes */
const mega = (bytes) => (bytes < 1e6 ? size(bytes) : (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0));
