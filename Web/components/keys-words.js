/** @import { Route } from "../lib/types.js" */
import { reason } from "../lib/api.js";
import { blank, button, failure, h, span } from "../lib/dom.js";
import { marked, quoted } from "../lib/names.js";
import { href } from "../lib/router.js";

/** The way to a prefix: store, namespace, folders. @param {Route} route @param {{ store: string, namespace: string, delimiter: string }} names */
export function crumbs({ store, namespace, prefix, by }, names) {
	const crumb = (/** @type {string} */ to, /** @type {string} */ name, kind = "crumb") =>
		h("a", { href: to, class: kind }, h("bdi", {}, marked(name)));
	const { delimiter } = names, steps = prefix.split(delimiter).slice(0, -1);
	const folders = steps.flatMap((step, index) => {
		const to = steps.slice(0, index + 1).join(delimiter) + delimiter;
		return [span("slash", delimiter), crumb(href.keys(store, namespace, { prefix: to, by }), step)];
	});
	return [
		crumb("/", names.store),
		span("slash", "/"),
		crumb(href.keys(store, namespace), names.namespace, "here"),
		...folders,
	];
}

/** @param {string} prefix @param {unknown} error null for none @param {{ again: () => void, clear: () => void }} acts */
export function noKeys(prefix, error, { again, clear }) {
	if (error !== null) return failure(reason(error), again);
	if (prefix) return blank("", ["No key begins with ", quoted(prefix), "."], button("Show all keys", clear));
	return blank("box", ["No keys yet. Make one with “New key”, or bring many with “Import…”."]);
}
