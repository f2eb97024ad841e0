import "./kv-dock.js";
import { catalog, storeName } from "../lib/catalog.js";
import { fill, h, searchField } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { count, counted, marked, quoted, visible } from "../lib/format.js";
import { labelled, modal, titleTyped } from "../lib/modal.js";
import { settled } from "../lib/view.js";
import { collisions, selectionWords } from "./transfer-dialogs.js";

export { openExport } from "./transfer-dialogs.js";

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
