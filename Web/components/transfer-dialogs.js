/** @import { JobSelection, Namespace } from "../lib/types.js" */
import { at, isAbort, query } from "../lib/api.js";
import { h, icon, select, setText } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { counted, size } from "../lib/format.js";
import { choice, labelled, modal } from "../lib/modal.js";
import { quoted, visible } from "../lib/names.js";
import { upload } from "../lib/upload.js";

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

/** What a selection holds, in words. @param {JobSelection} selection @param {number | null | undefined} number */
export function selectionWords(selection, number) {
	if ("keys" in selection) return [counted(selection.keys.length)];
	const many = typeof number === "number" ? counted(number) : "all keys";
	return "prefix" in selection ? [`${many} under `, quoted(selection.prefix)] : [many];
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} [number] */
export function openExport(store, { id, title }, selection, number) {
	const format = choice("Format", "format", FORMATS);
	const gzip = h("input", { type: "checkbox", testid: "gzip" });
	const start = followed.once({ kind: "export", store, namespace: id, selection });
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
				quoted(title),
				". The file is downloaded when it is ready.",
			),
			format.element,
			h("label", "check", gzip, "Compress with gzip"),
		],
		onSubmit: () => start({ format: format.value(), gzip: gzip.checked }),
	});
}

/** A field for one file, to choose or to drop. Emits `change`. */
function fileField() {
	const invitation = "Choose a file, or drop it here";
	const field = h("input", { type: "file", testid: "import-file", class: "unseen", "aria-label": "File to import" });
	const words = h("span", {}, invitation);
	const element = h("label", "drop", icon("up"), words, field);
	const taken = { element, file: /** @type {File | null} */ (null) };
	const take = (/** @type {FileList | undefined | null} */ files) => {
		taken.file = files?.[0] ?? null;
		setText(words, taken.file ? `${visible(taken.file.name)}, ${size(taken.file.size)}` : invitation);
		element.classList.toggle("chosen", taken.file !== null);
	};
	field.addEventListener("change", () => take(field.files));
	for (const type of ["dragover", "dragleave", "drop"]) {
		element.addEventListener(type, (event) => {
			event.preventDefault();
			element.classList.toggle("over", type === "dragover");
			if (type !== "drop" || !(event instanceof DragEvent)) return;
			take(event.dataTransfer?.files);
			element.dispatchEvent(new Event("change", { bubbles: true }));
		});
	}
	return taken;
}

/** @param {string} store @param {Namespace} namespace */
export function openImport(store, { id, title }) {
	const chosen = fileField();
	const format = select([["auto", "Detect by content"], ...FORMATS], "auto", { testid: "import-format" });
	const collision = choice("When a key exists already", "collision", COLLISIONS);
	const bar = h("progress", { max: 1, hidden: true, "aria-label": "Upload" });
	const words = h("p", { testid: "upload-progress", role: "status", hidden: true });
	const leaving = new AbortController();
	const sent = (/** @type {number} */ bytes, /** @type {number} */ total) => {
		bar.value = total ? bytes / total : 1;
		setText(
			words,
			bytes < total ? `Uploading ${size(bytes)} of ${size(total)}` : "Uploaded; the server is taking it in…",
		);
	};
	modal({
		title: "Import",
		testid: "import-dialog",
		action: "Import",
		body: [
			h(
				"p",
				{},
				"Into ",
				quoted(title),
				". NDJSON, JSON, CSV and wrangler's bulk format, also compressed with gzip.",
			),
			chosen.element,
			labelled("Format", format),
			collision.element,
			bar,
			words,
		],
		missing: () => (chosen.file ? null : "a file"),
		onClose: () => leaving.abort(),
		async onSubmit() {
			const file = /** @type {File} */ (chosen.file);
			const how = query({ format: format.value, collision: collision.value(), filename: file.name });
			const headers = { "Content-Type": "application/octet-stream" };
			bar.hidden = words.hidden = false;
			sent(0, file.size);
			try {
				const path = `${at.namespace(store, id)}/import${how}`;
				followed.follow(
					JSON.parse(await upload("POST", path, file, { headers, signal: leaving.signal, sent })),
				);
			} catch (error) {
				if (!isAbort(error)) throw error;
			} finally {
				bar.hidden = words.hidden = true;
			}
		},
	});
}
