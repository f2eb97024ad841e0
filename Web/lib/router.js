import {base, query} from "./api.js"
import {busy, Source} from "./view.js"

function decoded(text = "") {
	try {
		return decodeURIComponent(text)
	} catch {
		return null
	}
}

/** The path of an address, behind the base path. @param {{ pathname: string }} address */
export const here = (address = location) => address.pathname.slice(base.length)

/** What an address of the interface means. @param {URL | Location} address @returns {Route} */
export function routeOf(address) {
	const search = new URLSearchParams(address.search)
	const rest = {search: address.search, key: null, prefix: search.get("prefix") ?? "", by: search.get("by")}
	/** @type {(view: Route["view"], store?: string, id?: string, key?: string) => Route} */
	const route = (view, store = "", id = "", key) => ({...rest, view, store, id, key: key ?? null})
	const parts = here(address).split("/").slice(1).map(decoded), {length} = parts
	if (parts.includes(null)) return route("nowhere")
	const [first, second, n, id, k, key] = /** @type {string[]} */ (parts)
	if (length === 1 && first === "") return route("namespaces")
	if (length === 1 && (first === "jobs" || first === "audit" || first === "monitor")) return route(first)
	if (length === 2 && first === "jobs" && second) return route("job", "", second)
	if (first === "s" && n === "n" && second && id) {
		if (length === 4) return route("keys", second, id)
		if (length === 6 && k === "k" && key) return route("keys", second, id, key)
	}
	return route("nowhere")
}

const part = encodeURIComponent

/** Of a namespace's keys, or of one of them. @param {Place & Partial<Route>} place */
export const keysAt = ({store, id, key, prefix, by}) =>
	`/s/${part(store)}/n/${part(id)}` + (typeof key === "string" ? `/k/${part(key)}` : "") + query({prefix, by})

export const jobAt = (id = "") => `/jobs/${part(id)}`

/**
 * Keeps the address and what is shown together. `guard` resolves to whether to go. Each history entry carries its position,
 * so that a held-back "back" can be undone.
 */
class Router extends Source {
	/** @type {(() => boolean | Promise<boolean>) | null} */
	guard = null
	route = routeOf(location)
	position = 0
	returning = false

	start() {
		this.position = history.state?.position ?? 0
		history.replaceState({position: this.position}, "")
		addEventListener("popstate", (event) => this.popped(event.state?.position ?? 0))
		document.addEventListener("click", (event) => this.clicked(event))
		this.apply()
	}

	/** @param {string} path @param {{ replace?: boolean }} [options] */
	async go(path, {replace = false} = {}) {
		if (path === here() + location.search) replace = true
		if (this.guard !== null && !(await this.guard())) return
		if (!replace) this.position += 1
		history[replace ? "replaceState" : "pushState"]({position: this.position}, "", base + path)
		this.apply()
	}

	async popped(position = 0) {
		if (this.returning) {
			this.returning = false
			return
		}
		const steps = position - this.position
		if (this.guard !== null && steps !== 0) {
			const asked = this.guard()
			if (asked !== true) {
				this.returning = true
				history.go(-steps)
				if (!(await asked)) return
				this.guard = null
				history.go(steps)
				return
			}
		}
		this.position = position
		this.apply()
	}

	/** @param {MouseEvent} event */
	clicked(event) {
		if (event.defaultPrevented || event.button !== 0) return
		if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
		const link = event.target instanceof Element ? event.target.closest("a[href]") : null
		if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return
		const raw = link.getAttribute("href") ?? "", path = here(link)
		if (link.origin !== location.origin || raw.startsWith("#") || path.startsWith("/api/")) return
		event.preventDefault()
		this.go(path + link.search)
	}

	apply() {
		const done = busy()
		this.route = routeOf(location)
		this.changed()
		done()
	}
}

export const router = new Router()
