import {api, reason} from "./api.js"
import {plainButton, span} from "./dom.js"
import {capitalized, count, visible} from "./format.js"
import {copyText, menuButton} from "./popups.js"
import {keyDialogs, namespaceDialogs, openImport, openJob, Source, whileBusy} from "./view.js"

/** The stores and the first of their namespaces, for all who show them. */
class Catalog extends Source {
	/** @type {Shelf[]} */
	shelves = []
	loaded = false
	/** @type {string | null} */
	error = null
	/** @type {Promise<void> | null} */
	loading = null

	refresh() {
		this.loading ??= whileBusy(() => this.load()).finally(() => this.loading = null)
		return this.loading
	}

	async load() {
		try {
			const {stores} = await api.stores()
			this.shelves = stores.map((store) => {
				const known = this.shelf(store.name)
				return {namespaces: [], cursor: null, loaded: false, error: null, ...known, ...store}
			})
			this.loaded = true
			this.error = null
		} catch (error) {
			this.error = reason(error)
			return this.changed()
		}
		await Promise.all(this.shelves.map((shelf) => this.reload(shelf)))
	}

	/** @param {Shelf} shelf */
	async reload(shelf) {
		try {
			const {namespaces, cursor} = await api.namespaces(shelf.name)
			Object.assign(shelf, {namespaces, cursor, loaded: true, error: null})
		} catch (error) {
			shelf.error = reason(error)
		}
		this.changed()
	}

	/** @param {Shelf} shelf */
	async more(shelf) {
		const {namespaces, cursor} = await api.namespaces(shelf.name, {cursor: shelf.cursor})
		shelf.namespaces.push(...namespaces)
		shelf.cursor = cursor
		this.changed()
	}

	/** What the stores that are not wholly loaded find by title or ID, as far as they can tell. @param {string} query @param {AbortSignal} [signal] */
	async search(query, signal) {
		/** @type {Map<string, Namespace[]>} */
		const found = new Map()
		for (const {name} of query ? this.shelves.filter(({cursor}) => cursor !== null) : []) {
			const page = await api.namespaces(name, {query}, signal).catch(() => null)
			if (page) found.set(name, page.namespaces)
		}
		return found
	}

	/** Takes over what a request has just told of a namespace. @param {Namespace} namespace */
	learn(namespace) {
		Object.assign(this.namespace(namespace) ?? {}, namespace)
		this.changed()
	}

	shelf(store = "") {
		return this.shelves.find((one) => one.name === store)
	}

	/** Whether a store's requests cost neither quota nor much time. */
	isFree(store = "") {
		return this.shelf(store)?.capabilities.costsQuota === false
	}

	/** Those of the kinds of jobs that a store's engine can do. @param {string} store @param {string[]} kinds */
	kindsOf(store, kinds) {
		return kinds.filter((kind) => kind !== "expire" || this.shelf(store)?.capabilities.ttl !== false)
	}

	/** @param {Place} place */
	namespace({store, id}) {
		return this.shelf(store)?.namespaces.find((one) => one.id === id)
	}
}

export const catalog = new Catalog()

/** Tells every view that shows one of these namespaces. @param {Maybe<string>[]} ids */
export function changedIn(...ids) {
	document.dispatchEvent(new CustomEvent("kv-changed", {detail: {ids}}))
}

/** Those that have it in their title, or as their ID. */
export function matching(query = "") {
	const wanted = query.toLowerCase()
	return (/** @type {Namespace} */ {title, id}) => title.toLowerCase().includes(wanted) || id === query
}

/** What a store's quota allows. @param {API.Pace} pace */
export const quotaWords = ({requests, seconds}) =>
	`${count(requests)} requests in ${seconds % 60 ? `${seconds} s` : `${seconds / 60} min`}`

/** @param {Shelf} shelf */
export const storeName = (shelf) => shelf.label || shelf.name

/** The same of a store of which only the name in addresses is at hand. */
export const storeLabel = (name = "") => catalog.shelf(name)?.label || name

/** Whether a store lies elsewhere, where requests cost time and quota. @param {Shelf} shelf */
export const storeTag = ({capabilities}) =>
	capabilities.costsQuota ? span("tag remote", "Remote") : span("tag", "Local")

const BULK = ["copy", "move", "rename", "expire", "tag"]

/** What can be done with a whole namespace. @param {Namespace} one @param {boolean} [shut] by its store */
export function namespaceMenu(one, shut) {
	const {store, id, title, keyCount} = one, disabled = one.protected || shut, all = {all: true}
	/** @type {(act: (dialogs: typeof import("../components/namespace-dialogs.js")) => void) => Act} */
	const dialog = (act) => () => namespaceDialogs(act)
	const work = catalog.kindsOf(store, BULK).map((kind) =>
		plainButton(`${capitalized(kind)} keys…`, () => openJob(kind, one, all, kind === "rename" ? null : keyCount), {
			disabled: disabled && kind !== "copy",
			testid: `menu-${kind}`
		})
	)
	const protection = plainButton(
		one.protected ? "Allow changes…" : "Protect…",
		dialog((d) => d.protectNamespace(one)),
		"@protect"
	)
	return menuButton(
		`More for ${visible(title || id)}`,
		[
			plainButton("Import…", () => openImport(one), {disabled}),
			plainButton("Export…", () => openJob("export", one, all, keyCount))
		],
		[
			...work,
			plainButton("Work on a list of keys…", () => keyDialogs((d) => d.openKeyList(one)), "@key-list-open")
		],
		[
			plainButton("Rename…", dialog((d) => d.renameNamespace(one)), {disabled, testid: "rename"}),
			...(catalog.shelf(store)?.capabilities.protectsNamespaces ? [protection] : []),
			plainButton("Copy ID", () => copyText(id, "ID"))
		],
		[plainButton("Delete…", dialog((d) => d.deleteNamespace(one)), {class: "danger", disabled, testid: "delete"})]
	)
}
