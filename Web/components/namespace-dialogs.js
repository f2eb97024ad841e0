import {api} from "../lib/api.js"
import {catalog, changedIn, storeName} from "../lib/catalog.js"
import {h, labelled, select} from "../lib/dom.js"
import {count, counted, quoted, size, visible} from "../lib/format.js"
import {modal, titleField, titleTyped} from "../lib/modal.js"
import {toast} from "../lib/popups.js"
import {router} from "../lib/router.js"

export function createNamespace(store = catalog.shelves[0]?.name ?? "") {
	const field = titleField("namespace-title"), {shelves} = catalog, title = () => field.value.trim()
	const stores = select(shelves.map((one) => [one.name, storeName(one)]), store, {testid: "namespace-store"})
	modal({
		title: "New namespace",
		testid: "create-namespace",
		action: "Create",
		body: [labelled("Title", field), shelves.length > 1 && labelled("Store", stores)],
		missing: () => (title() ? null : "a title"),
		async onSubmit() {
			await api.createNamespace(stores.value, title())
			toast(`Namespace ${visible(title())} created`)
			await catalog.refresh()
		}
	})
}

/** @param {Namespace} namespace @param {object} json */
const change = async (namespace, json) => catalog.learn(await api.changeNamespace(namespace, json))

/** @param {Namespace} namespace */
export function renameNamespace(namespace) {
	const field = titleField("namespace-title", namespace.title), wanted = () => field.value.trim()
	modal({
		title: "Rename namespace",
		testid: "rename-namespace",
		action: "Rename",
		body: [labelled("Title", field, "Its ID and its keys stay as they are.")],
		missing: () => (wanted() && wanted() !== namespace.title ? null : "another title"),
		async onSubmit() {
			await change(namespace, {title: wanted()})
			toast("Namespace renamed")
		}
	})
}

/** @param {Namespace} namespace */
export function protectNamespace(namespace) {
	const shut = !namespace.protected, title = quoted(namespace.title)
	const words = shut
		? ["Until this is lifted, the server refuses to change or delete anything in ", title, "."]
		: ["Keys in ", title, " can be changed and deleted again."]
	modal({
		title: shut ? "Protect from changes?" : "Allow changes?",
		testid: "protect-namespace",
		action: shut ? "Protect" : "Allow changes",
		body: [h("p", {}, words)],
		async onSubmit() {
			await change(namespace, {protected: shut})
			changedIn(namespace.id)
		}
	})
}

/** @param {Namespace} namespace */
export function deleteNamespace(namespace) {
	const {keyCount, valueBytes, title} = namespace, typed = titleTyped()
	typed.ask(title)
	const keys = typeof keyCount === "number" ? counted(keyCount) : "all its keys"
	const bytes = valueBytes ? ` (${size(valueBytes)})` : "", lost = ` with ${keys}${bytes}. It cannot be undone.`
	modal({
		title: "Delete namespace",
		testid: "delete-namespace",
		action: keyCount ? `Delete it and ${count(keyCount)} keys` : "Delete",
		dangerous: true,
		body: [h("p", {}, "This deletes the namespace ", quoted(title), lost), typed.element],
		missing: typed.missing,
		async onSubmit() {
			await api.deleteNamespace(namespace)
			toast(`Namespace ${visible(title)} deleted`)
			if (router.route.id === namespace.id) await router.go("/")
			await catalog.refresh()
		}
	})
}

const KEYS = [
	["/", "Go to the filter"],
	["j  k  ↓  ↑", "Next and previous key"],
	["x  Space", "Select the key; with Shift, all from the last one"],
	["Enter", "Open the key"],
	["e", "Open the key and edit its value"],
	["n", "New key"],
	["Escape", "Close the entry, clear the selection or the filter"],
	["⌘ S  Ctrl S", "Save the entry"],
	["⌘ K  Ctrl K", "Places and actions by name"],
	["?", "This list"]
]

export function openHelp() {
	const rows = KEYS.flatMap(([keys, words]) => {
		const signs = keys.split("  ").map((key) => h("kbd", {}, key))
		return [h("dt", {}, signs), h("dd", {}, words)]
	})
	modal({title: "Keyboard", body: [h("dl", "shortcuts", rows)], testid: "help", dismiss: "Close"})
}
