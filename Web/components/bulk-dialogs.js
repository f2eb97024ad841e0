import "./kv-dock.js";
import { at, isAbort, query } from "../lib/api.js";
import { catalog, storeName } from "../lib/catalog.js";
import { fill, h, icon, searchField, select, setText } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { count, counted, marked, quoted, size, visible } from "../lib/format.js";
import { choice, labelled, modal, titleTyped } from "../lib/modal.js";
import { upload } from "../lib/upload.js";
import { settled } from "../lib/view.js";

const FORMATS = [
	["ndjson", "NDJSON", "an entry a line; everything travels"],
	["json", "JSON", "one array of entries"],
	["csv", "CSV", "for spreadsheets"],
	["wrangler", "wrangler", "for wrangler kv bulk put"],
];

const COLLISIONS = [
	["overwrite", "Overwrite", "the entry there is replaced"],
	["skip", "Skip", "the entry there stays"],
	["fail", "Stop", "the job ends at the first one"],
];

const collisions = (where = "") => choice(`When a key exists ${where}already`, "collision", COLLISIONS);

/** What a selection holds, in words. @param {JobSelection} selection @param {Maybe<number>} number */
function selectionWords(selection, number) {
	if ("keys" in selection) return [counted(selection.keys.length)];
	const many = typeof number === "number" ? counted(number) : "all keys";
	return "prefix" in selection ? [`${many} under `, quoted(selection.prefix)] : [many];
}

/** @param {Namespace} namespace @param {JobSelection} selection @param {Maybe<number>} [number] */
export function openExport(namespace, selection, number) {
	const format = choice("Format", "format", FORMATS), gzip = h("input", { type: "checkbox", testid: "gzip" });
	const start = followed.once("export", namespace, selection), words = selectionWords(selection, number);
	const then = ". The file is downloaded when it is ready.";
	modal({
		title: "Export",
		testid: "export-dialog",
		action: "Export",
		body: [
			h("p", {}, ...words, " from ", quoted(namespace.title), then),
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
	const words = h("span", {}, invitation), element = h("label", "drop", icon("up"), words, field);
	const taken = { element, file: /** @type {File | null} */ (null) };
	const take = (/** @type {Maybe<FileList>} */ files) => {
		const file = taken.file = files?.[0] ?? null;
		setText(words, file ? `${visible(file.name)}, ${size(file.size)}` : invitation);
		element.classList.toggle("chosen", file !== null);
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

/** @param {Namespace} namespace */
export function openImport(namespace) {
	const chosen = fileField(), collision = collisions();
	const format = select([["auto", "Detect by content"], ...FORMATS], "auto", { testid: "import-format" });
	const bar = h("progress", { max: 1, hidden: true, "aria-label": "Upload" });
	const words = h("p", { testid: "upload-progress", role: "status", hidden: true });
	const leaving = new AbortController();
	/** @type {Sent} */
	const sent = (bytes, total) => {
		const going = `Uploading ${size(bytes)} of ${size(total)}`;
		bar.value = total ? bytes / total : 1;
		setText(words, bytes < total ? going : "Uploaded; the server is taking it in…");
	};
	const kinds = ". NDJSON, JSON, CSV and wrangler's bulk format, also compressed with gzip.";
	modal({
		title: "Import",
		testid: "import-dialog",
		action: "Import",
		body: [
			h("p", {}, "Into ", quoted(namespace.title), kinds),
			chosen.element,
			labelled("Format", format),
			collision.element,
			bar,
			words,
		],
		missing: () => (chosen.file ? null : "a file"),
		onClose: () => leaving.abort(),
		async onSubmit() {
			const file = /** @type {File} */ (chosen.file), { signal } = leaving;
			const how = query({ format: format.value, collision: collision.value(), filename: file.name });
			const path = `${at.namespace(namespace)}/import${how}`;
			const headers = { "Content-Type": "application/octet-stream" };
			bar.hidden = words.hidden = false;
			sent(0, file.size);
			try {
				followed.follow(JSON.parse(await upload("POST", path, file, { headers, signal, sent })));
			} catch (error) {
				if (!isAbort(error)) throw error;
			} finally {
				bar.hidden = words.hidden = true;
			}
		},
	});
}

/** The first of the chosen keys by name, so that one sees what one does. @param {JobSelection} selection */
function sample(selection) {
	if (!("keys" in selection)) return null;
	const rest = selection.keys.length - 5;
	const first = selection.keys.slice(0, 5).map((key) => h("li", {}, h("bdi", {}, marked(key))));
	return h("ul", "sample mono", first, rest > 0 && h("li", "muted", `and ${count(rest)} more`));
}

/** @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openDelete(namespace, selection, number) {
	const typed = "all" in selection ? titleTyped(namespace.title) : null;
	const words = number === null ? "Delete all matching keys" : `Delete ${counted(number)}`;
	const what = selectionWords(selection, number), start = followed.once("delete", namespace, selection);
	modal({
		title: `${words}?`,
		testid: "delete-dialog",
		action: words,
		dangerous: true,
		body: [
			h("p", {}, "This deletes ", ...what, " from ", quoted(namespace.title), "."),
			sample(selection),
			typed?.label,
		],
		missing: typed?.missing,
		onSubmit: () => start(),
	});
}

/** A choice of namespace over all stores; where there are many, a filter asks the server. @param {Place} from what to leave out */
function targetField(from) {
	const field = h("select", { testid: "copy-target" }), filter = searchField("Find a namespace");
	/** @type {Map<string, Namespace[] | null>} */
	let found = new Map();
	const offer = () => {
		const groups = catalog.shelves.map((shelf) => {
			const known = found.get(shelf.name) ?? shelf.namespaces;
			const others = known.filter(({ store, id }) => store !== from.store || id !== from.id);
			const options = others.map(({ store, id, title, protected: shut }) => {
				const disabled = shut || shelf.protected, value = JSON.stringify({ store, namespace: id });
				return h("option", { value, disabled }, visible(title) + (disabled ? " (protected)" : ""));
			});
			return options.length > 0 && h("optgroup", { label: storeName(shelf) }, options);
		});
		const before = field.value;
		fill(field, groups);
		if (before) field.value = before;
	};
	filter.addEventListener(
		"input",
		settled(200, async () => {
			const now = new Map();
			for (const shelf of catalog.shelves) now.set(shelf.name, await catalog.find(shelf, filter.value.trim()));
			found = now;
			offer();
			field.dispatchEvent(new Event("change", { bubbles: true }));
		}),
	);
	const many = catalog.shelves.some((shelf) => shelf.cursor !== null);
	const value = () => {
		const [chosen] = field.selectedOptions;
		return chosen && !chosen.disabled ? JSON.parse(chosen.value) : null;
	};
	offer();
	catalog.refresh().then(() => filter.value || offer());
	return { elements: [many && filter, labelled("To", field)], value };
}

/** @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openCopy(namespace, selection, number) {
	const target = targetField(namespace), collision = collisions("there ");
	const what = selectionWords(selection, number), start = followed.once("copy", namespace, selection);
	const whole = ", with value, metadata and expiration.";
	modal({
		title: number === null ? "Copy keys" : `Copy ${counted(number)}`,
		testid: "copy-dialog",
		action: "Copy",
		body: [
			h("p", {}, ...what, " from ", quoted(namespace.title), whole),
			!target.value() && h("p", "notice", "There is no other namespace to copy to. Create one first."),
			...target.elements,
			collision.element,
		],
		missing: () => (target.value() ? null : "a target"),
		onSubmit: () => start({ target: target.value(), collision: collision.value() }),
	});
}
