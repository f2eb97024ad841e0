import {isAbort, reason} from "./api.js"
import {failure, fill, isTyping} from "./dom.js"
import {toast} from "./popups.js"

let pending = 0

/**
 * Marks the page as loading until the returned function is called. `body` carries `data-ready="1"` while nothing loads:
 * a stable sign for tests and scripts that a view stands.
 */
export function busy() {
	pending += 1
	delete document.body.dataset.ready
	return () => {
		pending -= 1
		if (pending === 0) document.body.dataset.ready = "1"
	}
}

/** Runs work as loading. @template T @param {() => Promise<T>} work */
export const whileBusy = (work) => work().finally(busy())

/** Something whose changes others listen for. Emits `change`. */
export class Source extends EventTarget {
	changed() {
		this.dispatchEvent(new Event("change"))
	}
}

/** Says in a corner what went wrong. @param {unknown} error */
export function complain(error) {
	if (!isAbort(error)) toast(reason(error), "bad")
}

/** Runs once things have been quiet for a while. @param {number} milliseconds @param {Act} run @param {AbortSignal} [signal] */
export function settled(milliseconds, run, signal) {
	let timer = 0
	signal?.addEventListener("abort", () => clearTimeout(timer))
	return () => {
		clearTimeout(timer)
		timer = setTimeout(run, milliseconds)
	}
}

/** What keystrokes that no field has taken do in the view that is shown. @type {Map<string, Act>} */
const shortcuts = new Map()

/** What the view that is shown offers to do. @type {() => Choice[]} */
let offered = () => []

export const offers = () => offered()

export function listenForKeys() {
	document.addEventListener("keydown", (event) => {
		if ((event.metaKey || event.ctrlKey) && event.key === "k" && !event.shiftKey && !event.altKey) {
			event.preventDefault()
			return showPalette()
		}
		if (event.key === "Escape" && document.querySelector(":popover-open")) return
		if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
		const act = event.key === "?" ? showHelp : shortcuts.get(event.key)
		if (!act || document.querySelector("dialog[open]")) return
		event.preventDefault()
		act()
	})
}

/** Dialogs are fetched when they are first wanted. @template T @param {() => Promise<T>} fetch @returns {(open: (dialogs: T) => void) => void} */
const onDemand = (fetch) => (open) => void fetch().then(open).catch(complain)

export const namespaceDialogs = onDemand(() => import("../components/namespace-dialogs.js"))
/** @param {string} [store] */
export const newNamespace = (store) => namespaceDialogs((d) => d.createNamespace(store))
const palette = onDemand(() => import("../components/palette.js"))
const bulkDialogs = onDemand(() => import("../components/bulk-dialogs.js"))
export const keyDialogs = onDemand(() => import("../components/key-dialogs.js"))
export const openImport = (/** @type {Namespace} */ namespace) => bulkDialogs((d) => d.openImport(namespace))
/** @type {OpenJob} */
export const openJob = (...asked) => bulkDialogs((d) => d.openJob(...asked))
export const showPalette = () => palette((p) => p.openPalette())
export const showHelp = () => namespaceDialogs((d) => d.openHelp())

/** Listeners and requests that are given `this.signal` end with the element. */
export class View extends HTMLElement {
	leaving = new AbortController()

	get signal() {
		return this.leaving.signal
	}

	connectedCallback() {
		this.leaving = new AbortController()
		this.connected()
	}

	disconnectedCallback() {
		this.leaving.abort()
	}

	connected() {}

	/** Listens for as long as the element is there. @param {EventTarget} target @param {string} type @param {(event: any) => void} act */
	on(target, type, act) {
		target.addEventListener(type, act, {signal: this.signal})
	}

	/** Takes keys for as long as the element is there. @param {Record<string, Act>} keys */
	takeKeys(keys) {
		for (const [key, act] of Object.entries(keys)) shortcuts.set(key, act)
		this.on(this.signal, "abort", () => {
			for (const [key, act] of Object.entries(keys)) if (shortcuts.get(key) === act) shortcuts.delete(key)
		})
	}

	/** Offers these in the palette for as long as the element is there. @param {() => Choice[]} choices */
	offer(choices) {
		offered = choices
		this.on(this.signal, "abort", () => {
			if (offered === choices) offered = () => []
		})
	}

	/** Work whose failure an element tells of, with a way to do it `again`. @param {Element} element @param {() => Promise<unknown>} work @param {Act} again */
	load(element, work, again) {
		return whileBusy(work).catch((error) => {
			if (!isAbort(error)) fill(element, failure(reason(error), again))
		})
	}
}

export const THEMES = [["", "System"], ["light", "Light"], ["dark", "Dark"]]

export function chooseTheme(theme = "") {
	const {dataset} = document.documentElement
	if (theme) dataset.theme = theme
	else delete dataset.theme
	keep("localStorage", "theme", theme)
	document.dispatchEvent(new Event("kv-theme"))
}

/** What the browser has kept; storage may be forbidden, and then it is nothing. @param {"localStorage" | "sessionStorage"} where */
export function kept(where, name = "") {
	try {
		return globalThis[where].getItem(name)
	} catch {
		return null
	}
}

/** @param {"localStorage" | "sessionStorage"} where @param {string} name @param {string} value nothing takes it away */
export function keep(where, name, value) {
	try {
		value ? globalThis[where].setItem(name, value) : globalThis[where].removeItem(name)
	} catch {
		// Then it holds until the page is left.
	}
}
