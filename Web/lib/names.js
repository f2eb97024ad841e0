import { h, span } from "./dom.js";

// Controls, invisible and direction-changing characters, which would hide in a name or reorder it. The zero-width joiner
// stays: emoji are made with it.
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|^ +| +$/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;

/** By their names, since few fonts have the pictures of U+2400. */
const CONTROLS =
	("NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC " +
		"FS GS RS US").split(" ");

/** @param {string} character */
function picture(character) {
	const code = character.codePointAt(0) ?? 0;
	if (code === 0x20) return "␣".repeat(character.length);
	return `‹${CONTROLS[code] ?? code.toString(16).toUpperCase().padStart(4, "0")}›`;
}

/** What cannot be seen made visible, for titles and messages. @param {string} name */
export const visible = (name) => name.replaceAll(UNSEEN, picture);

/** The same as nodes. @param {string} name */
export function marked(name) {
	/** @type {(Node | string)[]} */
	const parts = [];
	let from = 0;
	for (const match of name.matchAll(UNSEEN)) {
		if (match.index > from) parts.push(name.slice(from, match.index));
		parts.push(h("span", "unseen-mark", picture(match[0])));
		from = match.index + match[0].length;
	}
	if (from < name.length) parts.push(name.slice(from));
	return parts;
}

const TAIL = 16;

/**
 * A name on one line: its prefix is dimmed, and when there is no room the middle goes. The whole is in the title.
 * @param {string} name @param {string} [prefix]
 */
export function oneLine(name, prefix = "") {
	const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name;
	const head = name.length > rest.length ? h("span", "dim", marked(prefix)) : null;
	const points = [...rest], cut = points.length > TAIL + 8 && !RIGHT_TO_LEFT.test(name);
	return h(
		"bdi",
		{ class: "name", title: visible(name) },
		span("name-head", head, marked(cut ? points.slice(0, -TAIL).join("") : rest)),
		cut && span("name-tail", marked(points.slice(-TAIL).join(""))),
	);
}

/** A name in running text, isolated and whole. @param {string} name */
export const quoted = (name) => h("bdi", "mono quoted", marked(name));
