/** @import { Namespace, Store } from "./types.js" */
import { api, reason } from "./api.js";
import { whileBusy } from "./ready.js";

/** @typedef {Store & { namespaces: Namespace[], cursor: string | null, loaded: boolean, error: string | null }} Shelf a store and what is known of its namespaces */

/** The stores and the first of their namespaces, for all who show them. Emits `change`. */
class Catalog extends EventTarget {
	/** @type {Shelf[]} */
	shelves = [];
	loaded = false;
	/** @type {string | null} */
	error = null;
	/** @type {Promise<void> | null} */
	loading = null;

	refresh() {
		this.loading ??= whileBusy(() => this.load()).finally(() => this.loading = null);
		return this.loading;
	}

	async load() {
		try {
			const { stores } = await api.stores();
			this.shelves = stores.map((store) => {
				const known = this.shelf(store.name);
				return { namespaces: [], cursor: null, loaded: false, error: null, ...known, ...store };
			});
			this.loaded = true;
			this.error = null;
		} catch (error) {
			this.error = reason(error);
			return this.changed();
		}
		await Promise.all(this.shelves.map((shelf) => this.reload(shelf)));
	}

	/** @param {Shelf} shelf */
	async reload(shelf) {
		try {
			const { namespaces, cursor } = await api.namespaces(shelf.name);
			Object.assign(shelf, { namespaces, cursor, loaded: true, error: null });
		} catch (error) {
			shelf.error = reason(error);
		}
		this.changed();
	}

	/** @param {Shelf} shelf */
	async more(shelf) {
		const { namespaces, cursor } = await api.namespaces(shelf.name, { cursor: shelf.cursor });
		shelf.namespaces.push(...namespaces);
		shelf.cursor = cursor;
		this.changed();
	}

	/** Takes over what a request has just told of a namespace. @param {string} store @param {Namespace} namespace */
	learn(store, namespace) {
		const known = this.shelf(store)?.namespaces.find((one) => one.id === namespace.id);
		if (known) Object.assign(known, namespace);
		this.changed();
	}

	/** @param {string} store */
	shelf(store) {
		return this.shelves.find((one) => one.name === store);
	}

	/** @param {string} store @param {string} id */
	namespace(store, id) {
		return this.shelf(store)?.namespaces.find((one) => one.id === id);
	}

	/** @param {string} store @param {string} id */
	title(store, id) {
		return this.namespace(store, id)?.title;
	}

	changed() {
		this.dispatchEvent(new Event("change"));
	}
}

export const catalog = new Catalog();

/** Whether a store lies elsewhere, where requests cost time and quota. @param {Store} store */
export const isRemote = (store) => store.engine !== "sqlite";
