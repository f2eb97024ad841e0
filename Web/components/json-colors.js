import { h } from "../lib/dom.js";

const TOKEN = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** JSON as nodes with names, strings and other values set apart. @param {string} text @returns {(Node | string)[]} */
export function colored(text) {
	/** @type {(Node | string)[]} */
	const nodes = [];
	let from = 0;
	for (const match of text.matchAll(TOKEN)) {
		if (match.index > from) nodes.push(text.slice(from, match.index));
		const [all, string, colon, word] = match;
		nodes.push(h("span", { class: word ? "json-word" : colon ? "json-name" : "json-string" }, word ?? string));
		if (colon) nodes.push(colon);
		from = match.index + all.length;
	}
	// A field shows a last empty line; so must what lies behind it.
	nodes.push(`${text.slice(from)}\n`);
	return nodes;
}
