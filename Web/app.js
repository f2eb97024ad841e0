/** @import { Route } from "./lib/types.js" */
import "./components/kv-rail.js";
import "./components/kv-dock.js";
import "./components/job-dialog.js";
import { KvJob } from "./components/kv-job.js";
import { KvJobs } from "./components/kv-jobs.js";
import { KvKeys } from "./components/kv-keys.js";
import { KvNamespaces } from "./components/kv-namespaces.js";
import { catalog } from "./lib/catalog.js";
import { blank, fill, h, viewHead, viewHeading } from "./lib/dom.js";
import { followed } from "./lib/followed.js";
import { listenForKeys } from "./lib/keyboard.js";
import { whileBusy } from "./lib/ready.js";
import { router } from "./lib/router.js";

const main = /** @type {HTMLElement} */ (document.getElementById("view"));

/** @type {{ name: string, element: HTMLElement & { show?: (route: Route) => void } } | null} */
let current = null;

/** Views that differ in name are built anew; within one the route alone changes. @param {Route} route */
const nameOf = (route) => [route.view, route.store, route.namespace, route.job].join("\n");

/** @param {Route} route @returns {HTMLElement & { show?: (route: Route) => void }} */
function build(route) {
	switch (route.view) {
		case "namespaces":
			return new KvNamespaces();
		case "keys":
			return new KvKeys();
		case "jobs":
			return new KvJobs();
		case "job":
			return new KvJob();
		default:
			return nowhere();
	}
}

function nowhere() {
	document.title = "Not found – KV Manager";
	const all = h("a", { class: "button", href: "/" }, "All namespaces");
	return h(
		"div",
		{ class: "view" },
		viewHead(viewHeading("Nothing stands here")),
		blank("", ["This address leads nowhere."], all),
	);
}

router.addEventListener("change", () => {
	const name = nameOf(router.route);
	if (current?.name !== name) {
		const first = current === null;
		const element = build(router.route);
		current = { name, element };
		router.guard = null;
		fill(main, element);
		scrollTo(0, 0);
		if (!first) main.focus({ preventScroll: true });
	}
	current.element.show?.(router.route);
});

listenForKeys();
whileBusy(async () => {
	catalog.refresh();
	router.start();
	await followed.resume();
});
