/** @import { JobSelection, Namespace } from "../lib/types.js" */
import { api } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { fill, h, settled } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { count, counted } from "../lib/format.js";
import { choice, labelled, modal } from "../lib/modal.js";
import { marked, quoted, visible } from "../lib/names.js";
import { titleTyped } from "./namespace-dialogs.js";
import { COLLISIONS, selectionWords } from "./transfer-dialogs.js";

/** The first of the chosen keys by name, so that one sees what one does. @param {JobSelection} selection */
function sample(selection) {
	if (!("keys" in selection)) return null;
	const rest = selection.keys.length - 5;
	const first = selection.keys.slice(0, 5).map((key) => h("li", {}, h("bdi", {}, marked(key))));
	return h("ul", "sample mono", first, rest > 0 && h("li", "muted", `and ${count(rest)} more`));
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openDelete(store, { id, title }, selection, number) {
	const typed = "all" in selection ? titleTyped(title) : null;
	const many = "keys" in selection ? selection.keys.length : number;
	const words = many === null ? "Delete all matching keys" : `Delete ${counted(many)}`;
	const start = followed.once({ kind: "delete", store, namespace: id, selection });
	modal({
		title: `${words}?`,
		testid: "delete-dialog",
		action: words,
		dangerous: true,
		body: [
			h("p", {}, "This deletes ", ...selectionWords(selection, many), " from ", quoted(title), "."),
			sample(selection),
			typed?.label,
		],
		missing: typed?.missing,
		onSubmit: () => start(),
	});
}

/** A choice of namespace over all stores; where there are many, a filter asks the server. @param {string} store @param {string} id what to leave out */
function targetField(store, id) {
	const field = h("select", { testid: "copy-target" });
	/** @param {Map<string, Namespace[]>} [found] */
	const offer = (found) => {
		const groups = catalog.shelves.map((shelf) => {
			const others = (found?.get(shelf.name) ?? shelf.namespaces).filter((one) =>
				shelf.name !== store || one.id !== id
			);
			const options = others.map((one) => {
				const disabled = one.protected || shelf.protected, value = JSON.stringify([shelf.name, one.id]);
				return h("option", { value, disabled }, visible(one.title) + (disabled ? " (protected)" : ""));
			});
			return options.length > 0 && h("optgroup", { label: shelf.label || shelf.name }, options);
		});
		const before = field.value;
		fill(field, groups);
		if (before) field.value = before;
	};
	const search = settled(200, async () => {
		const found = new Map();
		for (const shelf of catalog.shelves) {
			const page = await api.namespaces(shelf.name, { query: filter.value.trim() }).catch(() => null);
			if (page) found.set(shelf.name, page.namespaces);
		}
		offer(found);
		field.dispatchEvent(new Event("change", { bubbles: true }));
	});
	const filter = h("input", {
		type: "search",
		"aria-label": "Find a namespace",
		placeholder: "Find a namespace",
		on: { input: search },
	});
	const many = catalog.shelves.some((shelf) => shelf.cursor !== null);
	const value = () => {
		const chosen = field.selectedOptions[0];
		if (!chosen || chosen.disabled) return null;
		const [targetStore, namespace] = JSON.parse(chosen.value);
		return { store: targetStore, namespace };
	};
	offer();
	catalog.refresh().then(() => filter.value || offer());
	return { elements: [many && filter, labelled("To", field)], value };
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openCopy(store, { id, title }, selection, number) {
	const target = targetField(store, id);
	const collision = choice("When a key exists there already", "collision", COLLISIONS);
	const many = "keys" in selection ? selection.keys.length : number;
	const start = followed.once({ kind: "copy", store, namespace: id, selection });
	modal({
		title: many === null ? "Copy keys" : `Copy ${counted(many)}`,
		testid: "copy-dialog",
		action: "Copy",
		body: [
			h(
				"p",
				{},
				...selectionWords(selection, many),
				" from ",
				quoted(title),
				", with value, metadata and expiration.",
			),
			!target.value() && h("p", "notice", "There is no other namespace to copy to. Create one first."),
			...target.elements,
			collision.element,
		],
		missing: () => (target.value() ? null : "a target"),
		onSubmit: () => start({ target: target.value(), collision: collision.value() }),
	});
}
