/** @import { Route } from "./lib/types.js" */
import "./components/kv-rail.js";
import "./components/kv-dock.js";
import "./components/job-dialog.js";
import { reason } from "./lib/api.js";
import { catalog } from "./lib/catalog.js";
import { blank, failure, fill, h, viewHead, viewHeading } from "./lib/dom.js";
import { followed } from "./lib/followed.js";
import { listenForKeys } from "./lib/keyboard.js";
import { whileBusy } from "./lib/ready.js";
import { router } from "./lib/router.js";

/** @typedef {HTMLElement & { show?: (route: Route) => void }} Shown */

const main = /** @type {HTMLElement} */ (document.getElementById("view"));

/** A view is fetched when it is first shown. @type {Record<Route["view"], () => Promise<Shown>>} */
const VIEWS = {
	namespaces: async () => new (await import("./components/kv-namespaces.js")).KvNamespaces(),
	keys: async () => new (await import("./components/kv-keys.js")).KvKeys(),
	jobs: async () => new (await import("./components/kv-jobs.js")).KvJobs(),
	job: async () => new (await import("./components/kv-job.js")).KvJob(),
	nowhere: () => Promise.resolve(nowhere()),
};

function nowhere() {
	const all = h("a", { class: "button", href: "/" }, "All namespaces");
	document.title = "Not found – KV Manager";
	return h(
		"div",
		"view",
		viewHead(viewHeading("Nothing stands here")),
		blank("", ["This address leads nowhere."], all),
	);
}

/** @type {{ name: string, element: Shown } | null} */
let current = null;

/** Views that differ in name are built anew; within one the route alone changes. @param {Route} route */
const nameOf = (route) => [route.view, route.store, route.namespace, route.job].join("\n");

/** @param {Route} route */
async function show(route) {
	const name = nameOf(route);
	if (current?.name !== name) {
		const element = await VIEWS[route.view]().catch((error) => failure(reason(error), () => location.reload()));
		if (router.route !== route) return;
		if (current) main.focus({ preventScroll: true });
		current = { name, element };
		router.guard = null;
		fill(main, element);
		scrollTo(0, 0);
	}
	current.element.show?.(route);
}

router.addEventListener("change", () => whileBusy(() => show(router.route)));

listenForKeys();
whileBusy(async () => {
	catalog.refresh();
	router.start();
	await followed.resume();
});
