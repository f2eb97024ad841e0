/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {(Child | Child[])[]} Children */
/** @typedef {Record<string, any>} Attributes */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected"]);

/**
 * Builds an element; text is only ever text. `on` holds listeners, `testid` becomes `data-testid`; null, undefined and false
 * attributes are left out. A string is the class alone.
 * @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {Attributes | string} [given] @param {Children} children
 */
export function h(tag, given = {}, ...children) {
	const attributes = typeof given === "string" ? { class: given } : given;
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (name === "on") {
			for (const [type, listener] of Object.entries(value ?? {})) element.addEventListener(type, listener);
		} else if (value === null || value === undefined || value === false) {
			continue;
		} else if (PROPERTIES.has(name)) {
			Reflect.set(element, name, value);
		} else {
			element.setAttribute(name === "testid" ? "data-testid" : name, value === true ? "" : String(value));
		}
	}
	fill(element, ...children);
	return element;
}

/** @param {Element} element @param {Children} children */
export function fill(element, ...children) {
	const given = children.flat().filter((one) => one !== null && one !== undefined && one !== false);
	element.replaceChildren(...given.map((one) => (one instanceof Node ? one : String(one))));
}

/** @param {string} kind @param {Children} children */
export const div = (kind, ...children) => h("div", kind, ...children);

/** @param {string} kind @param {Children} children */
export const span = (kind, ...children) => h("span", kind, ...children);

/** An icon of the sprite in index.html. @param {string} name */
export function icon(name) {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	svg.setAttribute("class", "icon");
	svg.setAttribute("viewBox", "0 0 16 16");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", `#i-${name}`);
	svg.append(use);
	return svg;
}

/** `kind` adds to the class. @param {string} label @param {(() => void) | null} act @param {Attributes} [attributes] */
export function button(label, act, { kind = "", ...attributes } = {}) {
	return h(
		"button",
		{ type: "button", class: `button ${kind}`, on: act && { click: () => act() }, ...attributes },
		label,
	);
}

/** @param {string} label @param {() => void} act @param {Attributes} [attributes] */
export const textButton = (label, act, attributes = {}) => button(label, act, { class: "link", ...attributes });

/** @param {string} name @param {string} label @param {(() => void) | null} act @param {Attributes} [attributes] */
export function iconButton(name, label, act, attributes = {}) {
	const made = button("", act, { class: "icon-button", "aria-label": label, title: label, ...attributes });
	made.append(icon(name));
	return made;
}

/** What a text field needs so that keys and values are left as they were typed. */
export const VERBATIM = { spellcheck: "false", autocapitalize: "off", autocomplete: "off" };

/** Options are value and label. @param {string[][]} options @param {string} chosen @param {Attributes} [attributes] */
export function select(options, chosen, attributes = {}) {
	return h(
		"select",
		attributes,
		options.map(([value, label]) => h("option", { value, selected: value === chosen }, label ?? value)),
	);
}

/** @param {Element} heading @param {Children} tools */
export const viewHead = (heading, ...tools) => h("header", "top", heading, div("right", ...tools));

/** @param {Children} children */
export const viewHeading = (...children) => h("h1", { tabindex: -1 }, ...children);

/** @param {string} sign @param {Child[]} words @param {Child} [more] */
export const blank = (sign, words, more) => div("empty", sign && icon(sign), h("p", {}, ...words), more);

/** @param {string} words @param {() => void} again */
export function failure(words, again) {
	const element = blank("alert", [words], button("Try again", again));
	element.classList.add("failed");
	element.setAttribute("role", "alert");
	return element;
}

/** Heads are class and words. @param {string[][]} heads @param {Child | Child[]} rows */
export function table(heads, rows) {
	const cells = heads.map(([kind, words]) =>
		h("th", { class: kind, scope: "col" }, words || span("unseen", "Actions"))
	);
	return h("table", "plain", h("thead", {}, h("tr", {}, cells)), rows);
}

/** Where it differs, so that nothing is announced twice. @param {Element} element @param {string} text */
export function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
	return target instanceof HTMLElement &&
		target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file])");
}

/** Runs once things have been quiet for a while. @param {number} milliseconds @param {() => void} run */
export function settled(milliseconds, run) {
	let timer = 0;
	const later = () => {
		clearTimeout(timer);
		timer = setTimeout(run, milliseconds);
	};
	later.cancel = () => clearTimeout(timer);
	return later;
}

/** To those who listen rather than look. @param {string} text */
export function speak(text) {
	const region = document.getElementById("spoken");
	if (region) region.textContent = text;
}

/** A short word in the corner. Errors stay until dismissed. @param {string} text @param {"good" | "bad"} [mood] */
export function toast(text, mood = "good") {
	const close = iconButton("close", "Dismiss", () => note.remove());
	const note = div(`toast ${mood}`, icon(mood === "good" ? "check" : "alert"), span("grow", text), close);
	note.dataset.testid = "toast";
	document.getElementById("toasts")?.append(note);
	if (mood === "good") setTimeout(() => note.remove(), 4000);
}
