/** @typedef {Node | string | number | null | undefined | false} Child */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected"]);

/**
 * Builds an element. `on` holds listeners, `testid` becomes `data-testid`; null, undefined and false attributes are left out.
 * Text is only ever text: there is no way to pass markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
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

/** Replaces what an element holds. @param {Element} element @param {(Child | Child[])[]} children */
export function fill(element, ...children) {
	const given = children.flat().filter((one) => one !== null && one !== undefined && one !== false);
	element.replaceChildren(...given.map((one) => (one instanceof Node ? one : String(one))));
}

/** @param {string} kind @param {(Child | Child[])[]} children */
export const div = (kind, ...children) => h("div", { class: kind }, ...children);

/** @param {string} kind @param {(Child | Child[])[]} children */
export const span = (kind, ...children) => h("span", { class: kind }, ...children);

/** An icon of the sprite in index.html. @param {string} name */
export function icon(name) {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", `#i-${name}`);
	svg.append(use);
	return svg;
}

/**
 * @param {string} label
 * @param {(() => void) | null} act
 * @param {Record<string, any>} [attributes] `kind` adds to the class "button"
 */
export function button(label, act, { kind = "", ...attributes } = {}) {
	return h(
		"button",
		{ type: "button", class: `button ${kind}`, on: act && { click: () => act() }, ...attributes },
		label,
	);
}

/** A button that looks like a link. @param {string} label @param {() => void} act @param {Record<string, any>} [attributes] */
export const textButton = (label, act, attributes = {}) => button(label, act, { class: "link", ...attributes });

/** A button with an icon alone. @param {string} name @param {string} label @param {(() => void) | null} act @param {Record<string, any>} [attributes] */
export function iconButton(name, label, act, attributes = {}) {
	const made = button("", act, { class: "icon-button", "aria-label": label, title: label, ...attributes });
	made.append(icon(name));
	return made;
}

/** What a text field needs so that keys and values are left as they were typed. */
export const VERBATIM = { spellcheck: "false", autocapitalize: "off", autocomplete: "off" };

/** A select of pairs, value and label. @param {string[][]} options @param {string} chosen @param {Record<string, any>} [attributes] */
export function select(options, chosen, attributes = {}) {
	return h(
		"select",
		attributes,
		options.map(([value, label]) => h("option", { value, selected: value === chosen }, label ?? value)),
	);
}

/** The head of a view. @param {Element} heading @param {(Child | Child[])[]} tools */
export const viewHead = (heading, ...tools) => h("header", { class: "top" }, heading, div("right", ...tools));

/** A heading that takes the focus when its view appears. @param {(Child | Child[])[]} children */
export const viewHeading = (...children) => h("h1", { tabindex: -1 }, ...children);

/** Where nothing is to be seen, and why. @param {string} sign @param {Child[]} words @param {Child} [more] */
export const blank = (sign, words, more) => div("empty", sign && icon(sign), h("p", {}, ...words), more);

/** Where something failed. @param {string} words @param {() => void} again */
export function failure(words, again) {
	const element = blank("alert", [words], button("Try again", again));
	element.classList.add("failed");
	element.setAttribute("role", "alert");
	return element;
}

/** A table; heads are class and words. @param {string[][]} heads @param {Child | Child[]} rows */
export function table(heads, rows) {
	const cells = heads.map(([kind, words]) =>
		h("th", { class: kind, scope: "col" }, words || span("unseen", "Actions"))
	);
	return h("table", { class: "plain" }, h("thead", {}, h("tr", {}, cells)), rows);
}

/** Sets text only where it differs, so that nothing is announced or painted twice. @param {Element} element @param {string} text */
export function setText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

/** Whether a keystroke belongs to a text field. @param {EventTarget | null} target */
export function isTyping(target) {
	return target instanceof HTMLElement &&
		target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file])");
}

/** Runs a function once things have been quiet for a while. @param {number} milliseconds @param {() => void} run */
export function settled(milliseconds, run) {
	let timer = 0;
	const later = () => {
		clearTimeout(timer);
		timer = setTimeout(run, milliseconds);
	};
	later.cancel = () => clearTimeout(timer);
	return later;
}

/** Says something to those who listen rather than look. @param {string} text */
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
