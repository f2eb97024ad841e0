/** @import { Route } from "./types.js" */
import { busy } from "./ready.js";

/** @param {string} text */
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

/** What an address of the interface means. @param {URL | Location} address @returns {Route} */
export function parse(address) {
	const search = new URLSearchParams(address.search);
	/** @type {Route} */
	const route = {
		view: "nowhere",
		store: "",
		namespace: "",
		key: null,
		prefix: search.get("prefix") ?? "",
		by: search.get("by"),
		job: "",
	};
	const parts = address.pathname.split("/").slice(1).map(decoded);
	if (parts.some((one) => one === null)) return route;
	const [first, store, n, namespace, k, key] = /** @type {string[]} */ (parts);
	if (parts.length === 1 && first === "") return { ...route, view: "namespaces" };
	if (first === "jobs" && parts.length === 1) return { ...route, view: "jobs" };
	if (first === "jobs" && parts.length === 2 && store) return { ...route, view: "job", job: store };
	if (first === "s" && n === "n" && store && namespace) {
		if (parts.length === 4) return { ...route, view: "keys", store, namespace };
		if (parts.length === 6 && k === "k" && key) return { ...route, view: "keys", store, namespace, key };
	}
	return route;
}

const part = encodeURIComponent;

/** @typedef {{ prefix?: string, by?: string | null }} Filter */

/** @param {Filter} filter */
function filterQuery({ prefix, by }) {
	const search = new URLSearchParams();
	if (prefix) search.set("prefix", prefix);
	if (by) search.set("by", by);
	return search.size ? `?${search}` : "";
}

export const href = {
	namespaces: () => "/",
	/** @param {string} store @param {string} namespace @param {Filter} [filter] */
	keys: (store, namespace, filter = {}) => `/s/${part(store)}/n/${part(namespace)}${filterQuery(filter)}`,
	/** @param {string} store @param {string} namespace @param {string} key @param {Filter} [filter] */
	entry: (store, namespace, key, filter = {}) =>
		`/s/${part(store)}/n/${part(namespace)}/k/${part(key)}${filterQuery(filter)}`,
	jobs: () => "/jobs",
	/** @param {string} id */
	job: (id) => `/jobs/${part(id)}`,
};

/**
 * Keeps the address and what is shown together. `guard` resolves to whether to go. Each history entry carries its position,
 * so that a held-back "back" can be undone.
 */
class Router extends EventTarget {
	/** @type {(() => boolean | Promise<boolean>) | null} */
	guard = null;
	route = parse(location);
	position = 0;
	returning = false;

	start() {
		this.position = history.state?.position ?? 0;
		history.replaceState({ position: this.position }, "");
		addEventListener("popstate", (event) => this.popped(event.state?.position ?? 0));
		document.addEventListener("click", (event) => this.clicked(event));
		this.apply();
	}

	/** @param {string} path @param {{ replace?: boolean }} [options] */
	async go(path, { replace = false } = {}) {
		if (path === location.pathname + location.search) replace = true;
		if (!(await this.mayLeave())) return;
		if (!replace) this.position += 1;
		history[replace ? "replaceState" : "pushState"]({ position: this.position }, "", path);
		this.apply();
	}

	async mayLeave() {
		return this.guard === null || (await this.guard());
	}

	/** @param {number} position */
	async popped(position) {
		if (this.returning) {
			this.returning = false;
			return;
		}
		const steps = position - this.position;
		if (this.guard !== null && steps !== 0) {
			const asked = this.guard();
			if (asked !== true) {
				this.returning = true;
				history.go(-steps);
				if (!(await asked)) return;
				this.guard = null;
				history.go(steps);
				return;
			}
		}
		this.position = position;
		this.apply();
	}

	/** @param {MouseEvent} event */
	clicked(event) {
		if (
			event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey ||
			event.altKey
		) return;
		const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
		if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
		const raw = link.getAttribute("href") ?? "";
		if (link.origin !== location.origin || raw.startsWith("#") || raw.startsWith("/api/")) return;
		event.preventDefault();
		this.go(link.pathname + link.search);
	}

	apply() {
		const done = busy();
		this.route = parse(location);
		this.dispatchEvent(new Event("change"));
		done();
	}
}

export const router = new Router();
