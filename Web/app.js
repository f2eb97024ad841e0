import "./components/kv-rail.js"
import {reason} from "./lib/api.js"
import {catalog} from "./lib/catalog.js"
import {blank, failure, fill, h, setTitle, viewHead, viewHeading} from "./lib/dom.js"
import {router} from "./lib/router.js"
import {complain, kept, listenForKeys, whileBusy} from "./lib/view.js"

/** @typedef {HTMLElement & { show?: (route: Route) => void }} Shown */

const main = /** @type {HTMLElement} */ (document.getElementById("view"))

/** A view is fetched when it is first shown. @type {Record<Route["view"], () => Promise<Shown>>} */
const VIEWS = {
	namespaces: async () => new (await import("./components/kv-namespaces.js")).KvNamespaces(),
	keys: async () => new (await import("./components/kv-keys.js")).KvKeys(),
	jobs: async () => new (await import("./components/kv-jobs.js")).KvJobs(),
	job: async () => new (await import("./components/kv-job.js")).KvJob(),
	audit: async () => new (await import("./components/kv-audit.js")).KvAudit(),
	monitor: async () => new (await import("./components/kv-monitor.js")).KvMonitor(),
	nowhere: () => Promise.resolve(nowhere())
}

function nowhere() {
	const all = h("a", {class: "button", href: "/"}, "All namespaces"), words = ["This address leads nowhere."]
	setTitle("Not found")
	return h("div", "view", viewHead(viewHeading("Page not found")), blank("", words, all))
}

/** @type {{ name: string, element: Shown } | null} */
let current = null

/** Views that differ in name are built anew; within one the route alone changes. @param {Route} route */
const nameOf = ({view, store, id}) => [view, store, id].join("\n")

/** @param {Route} route */
async function show(route) {
	const name = nameOf(route)
	if (current?.name !== name) {
		const element = await VIEWS[route.view]().catch((error) => failure(reason(error), () => location.reload()))
		if (router.route !== route) return
		if (current) main.focus({preventScroll: true})
		current = {name, element}
		router.guard = null
		fill(main, element)
		scrollTo(0, 0)
	}
	current.element.show?.(route)
}

/** What shows jobs comes with the first of them; here it is for those that were in sight before a reload. */
async function resume() {
	if (kept("sessionStorage", "followed-jobs") === null) return
	await import("./components/kv-dock.js")
	await (await import("./lib/followed.js")).followed.resume()
}

router.addEventListener("change", () => whileBusy(() => show(router.route)))
listenForKeys()
catalog.refresh()
router.start()
whileBusy(resume).catch(complain)
