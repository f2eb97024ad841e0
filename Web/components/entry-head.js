/** @import { Entry } from "../lib/types.js" */
import { byteLength } from "../lib/bytes.js";
import { button, div, h, icon, iconButton } from "../lib/dom.js";
import { exactSize, relative, size, titleOf } from "../lib/format.js";
import { copyText } from "../lib/modal.js";
import { marked } from "../lib/names.js";

/** @param {string} key @param {Entry | null} entry @param {Element} close */
export function entryHead(key, entry, close) {
	const copy = iconButton("copy", "Copy the key", () => copyText(key, "Key"));
	const title = h("h2", { class: "mono", testid: "entry-key" }, h("bdi", {}, marked(key)));
	const when = entry?.expiration ? entry.expiration * 1000 : null;
	/** @type {[string, string, string | null][]} */
	const facts = entry
		? [["Size", size(entry.size), exactSize(entry.size)], [
			"Expires",
			when ? relative(when) : "never",
			titleOf(when),
		]]
		: [];
	const pairs = facts.map(([term, words, whole]) =>
		h("div", {}, h("dt", {}, term), h("dd", { title: whole }, words))
	);
	return [div("entry-title", title, copy, close), pairs.length > 0 && h("dl", {}, pairs)];
}

/** Why a key cannot be made; null when it can. @param {string} name @param {number} most bytes */
export function nameProblem(name, most) {
	if (name === "") return "A key is needed.";
	if (name === "." || name === "..") return "This key is not allowed.";
	return byteLength(name) > most ? `The key is longer than ${exactSize(most)}.` : null;
}

/** When somebody else was there first. @param {boolean} creating @param {() => void} show @param {() => void} overwrite */
export function conflict(creating, show, overwrite) {
	const words = creating
		? "A key with this name exists already."
		: "It was changed meanwhile, by someone else or a job.";
	const theirs = button(creating ? "Open it" : "Reload", show, { testid: "conflict-reload" });
	const mine = button("Overwrite", overwrite, { kind: "danger", testid: "conflict-overwrite" });
	return div("conflict", h("p", {}, icon("alert"), words), theirs, mine);
}
