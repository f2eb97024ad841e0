import {base} from "./api.js"

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected"])
const isGiven = (/** @type {unknown} */ one) => one !== null && one !== undefined && one !== false

/** "muted @words" is the class `muted`, and `words` the name by which tests find it. @param {Given} given @returns {Attributes} */
function attributesOf(given) {
	if (typeof given !== "string") return given
	const [words, testid] = given.split("@")
	return {class: words.trim() || null, testid}
}

/**
 * Builds an element; text is only ever text. `on` holds listeners, `testid` becomes `data-testid`; null, undefined and false
 * attributes are left out. An `href` leads to this server.
 * @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {Given} [given] @param {Children} children
 */
export function h(tag, given = {}, ...children) {
	const element = document.createElement(tag), {on = {}, ...attributes} = attributesOf(given)
	for (const type in on) element.addEventListener(type, on[type])
	for (const [name, value] of Object.entries(attributes)) {
		if (!isGiven(value)) continue
		if (PROPERTIES.has(name)) Reflect.set(element, name, value)
		else if (name === "href") element.setAttribute(name, base + value)
		else element.setAttribute(name === "testid" ? "data-testid" : name, value === true ? "" : String(value))
	}
	fill(element, ...children)
	return element
}

/** @param {Element} element @param {Children} children */
export function fill(element, ...children) {
	const given = children.flat().filter(isGiven)
	element.replaceChildren(...given.map((one) => (one instanceof Node ? one : String(one))))
}

/** @param {Given} given @param {Children} children */
export const div = (given, ...children) => h("div", given, ...children)

/** @param {Given} given @param {Children} children */
export const span = (given, ...children) => h("span", given, ...children)

/** An icon of the sprite in index.html. */
export function icon(name = "") {
	const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag))
	svg.setAttribute("class", "icon")
	svg.setAttribute("viewBox", "0 0 16 16")
	svg.setAttribute("aria-hidden", "true")
	use.setAttribute("href", `#i-${name}`)
	svg.append(use)
	return svg
}

/** `kind` comes before the class that is given. @returns {Press} */
const pressable = (kind = "") => (label, act, given = "") => {
	const {class: more = "", ...attributes} = attributesOf(given)
	const on = act && {click: () => act()}
	return h("button", {type: "button", class: `${kind} ${more ?? ""}`.trim(), on, ...attributes}, label)
}

export const button = pressable("button")
export const textButton = pressable("link")
export const plainButton = pressable("")

/** @param {string} name @param {string} label @param {(() => unknown) | null} act @param {Given} [given] */
export function iconButton(name, label, act, given) {
	const made = pressable("icon-button")("", act, given)
	made.ariaLabel = made.title = label
	made.append(icon(name))
	return made
}

/** What a text field needs so that keys and values are left as they were typed. */
export const VERBATIM = {spellcheck: "false", autocapitalize: "off", autocomplete: "off"}

/** @param {string} label @param {string} [testid] */
export const searchField = (label, testid) =>
	h("input", {type: "search", "aria-label": label, placeholder: label, testid, ...VERBATIM})

/** A field to filter a view by, with the key that leads to it. @param {string} kind @param {Element} field */
export const filterBox = (kind, field) => span(`field ${kind}`, icon("find"), field, h("kbd", {}, "/"))

/** Options are value and label. @param {string[][]} options @param {string} chosen @param {Attributes} attributes */
export function select(options, chosen, attributes) {
	const choices = options.map(([value, label]) => h("option", {value, selected: value === chosen}, label ?? value))
	return h("select", attributes, choices)
}

/** A choice of color for keys; empty: no color. */
export const colors = (testid = "") =>
	select(
		[["", "No color"], ...["red", "orange", "yellow", "green", "blue", "purple", "gray"].map((color) => [color])],
		"",
		{"aria-label": "Color", testid}
	)

/** A control under its label. @param {Child | Child[]} label @param {HTMLElement} control @param {string} [note] */
export function labelled(label, control, note) {
	return h("label", "labelled", h("span", {}, label), control, note && h("small", {}, note))
}

/** @param {Element} heading @param {Children} tools */
export const viewHead = (heading, ...tools) => h("header", "top", heading, div("right", ...tools))

/** @param {Children} children */
export const viewHeading = (...children) => h("h1", {tabindex: -1}, ...children)

/** The title of the page. */
export const setTitle = (title = "") => document.title = `${title} – KV Manager`

/** @param {string} sign @param {Child[]} words @param {Child} [more] */
export const blank = (sign, words, more) => div("empty", sign && icon(sign), h("p", {}, ...words), more)

export const loading = () => blank("", ["Loading…"])

/** @param {string} words @param {Act} again */
export function failure(words, again) {
	const element = blank("alert", [words], button("Try again", again))
	element.classList.add("failed")
	element.role = "alert"
	return element
}

/** Heads are words and class. @param {string[][]} heads @param {Child | Child[]} rows */
export function table(heads, rows) {
	const cells = heads.map(([words, kind]) => h("th", {class: kind, scope: "col"}, words || span("unseen", "Actions")))
	return h("table", "plain", h("thead", {}, h("tr", {}, cells)), rows)
}

/** Rows of a table that open as their first link does, wherever they are clicked. @param {HTMLElement[]} [rows] */
export function openable(rows = []) {
	const click = (/** @type {any} */ {target}) => {
		const link = target.closest("a, button, .menu") || getSelection()?.type === "Range"
		if (!link) target.closest("tr")?.querySelector("a")?.click()
	}
	return h("tbody", {class: "openable", on: {click}}, rows)
}

export const protectedChip = () => span("chip", icon("lock"), "protected")

/** Where it differs, so that nothing is announced twice. @param {Element} element */
export function setText(element, text = "") {
	if (element.textContent !== text) element.textContent = text
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
	return target instanceof HTMLElement &&
		target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file])")
}
