/** @import { Namespace } from "../lib/types.js" */
import { api } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { h, select, toast, VERBATIM } from "../lib/dom.js";
import { count, counted, size } from "../lib/format.js";
import { changedIn } from "../lib/followed.js";
import { labelled, modal } from "../lib/modal.js";
import { quoted, visible } from "../lib/names.js";

/** @param {string} testid @param {string} [value] */
const titleField = (testid, value = "") =>
	h("input", { type: "text", maxlength: 512, value, testid, autofocus: true, ...VERBATIM });

/** @param {string} [store] */
export function createNamespace(store = catalog.shelves[0]?.name ?? "") {
	const title = titleField("namespace-title");
	const stores = select(catalog.shelves.map((one) => [one.name, one.label || one.name]), store, {
		testid: "namespace-store",
	});
	modal({
		title: "New namespace",
		testid: "create-namespace",
		action: "Create",
		body: [labelled("Title", title), catalog.shelves.length > 1 && labelled("Store", stores)],
		missing: () => (title.value.trim() ? null : "a title"),
		async onSubmit() {
			await api.createNamespace(stores.value, title.value.trim());
			toast(`Namespace ${visible(title.value.trim())} created`);
			await catalog.refresh();
		},
	});
}

/** @param {string} store @param {Namespace} namespace */
export function renameNamespace(store, namespace) {
	const title = titleField("namespace-title", namespace.title);
	modal({
		title: "Rename namespace",
		testid: "rename-namespace",
		action: "Rename",
		body: [labelled("Title", title, "Its ID and its keys stay as they are.")],
		missing: () => (title.value.trim() && title.value.trim() !== namespace.title ? null : "another title"),
		async onSubmit() {
			catalog.learn(store, await api.changeNamespace(store, namespace.id, { title: title.value.trim() }));
			toast("Namespace renamed");
		},
	});
}

/** @param {string} store @param {Namespace} namespace */
export function protectNamespace(store, namespace) {
	const shut = !namespace.protected, title = quoted(namespace.title);
	const words = shut
		? ["Until this is lifted, the server refuses to change or delete anything in ", title, "."]
		: ["Keys in ", title, " can be changed and deleted again."];
	modal({
		title: shut ? "Protect from changes?" : "Allow changes?",
		testid: "protect-namespace",
		action: shut ? "Protect" : "Allow changes",
		body: [h("p", {}, words)],
		async onSubmit() {
			catalog.learn(store, await api.changeNamespace(store, namespace.id, { protected: shut }));
			changedIn(namespace.id);
		},
	});
}

/** A field into which a title must be typed before something of weight. @param {string} title */
export function titleTyped(title) {
	const field = titleField("typed-title");
	return {
		label: labelled(["Type ", quoted(title), " to confirm"], field),
		missing: () => (field.value === title ? null : "the title"),
	};
}

/** @param {string} store @param {Namespace} namespace */
export function deleteNamespace(store, namespace) {
	const { keyCount, valueBytes, title, id } = namespace;
	const { label, missing } = titleTyped(title);
	const keys = typeof keyCount === "number" ? counted(keyCount) : "all its keys";
	const bytes = valueBytes ? ` (${size(valueBytes)})` : "";
	modal({
		title: "Delete namespace",
		testid: "delete-namespace",
		action: keyCount ? `Delete it and ${count(keyCount)} keys` : "Delete",
		dangerous: true,
		body: [
			h("p", {}, "This deletes the namespace ", quoted(title), ` with ${keys}${bytes}. It cannot be undone.`),
			label,
		],
		missing,
		async onSubmit() {
			await api.deleteNamespace(store, id);
			toast(`Namespace ${visible(title)} deleted`);
			await catalog.refresh();
		},
	});
}
