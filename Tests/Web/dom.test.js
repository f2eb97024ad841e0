import "./browser.js"
import {deepEqual, equal} from "node:assert/strict"
import {button, h, setText} from "../../Web/lib/dom.js"

/** An element that keeps what it is given, in place of the browser's. */
class Kept {
	attributes = {}
	listeners = {}
	children = []
	setAttribute(name, value) {
		this.attributes[name] = value
	}
	addEventListener(type, act) {
		this.listeners[type] = act
	}
	replaceChildren(...children) {
		this.children = children
	}
}
globalThis.Node = Kept
globalThis.document = {createElement: (tag) => Object.assign(new Kept(), {tag})}

Deno.test("text is only ever text", () => {
	const markup = "<img src=x onerror=alert(1)>", {children} = h("p", {}, markup, h("b", {}, markup))
	equal(children[0], markup)
	deepEqual(children[1].children, [markup])
})

Deno.test("what is null, undefined or false is left out, zero is not", () => {
	const {children, attributes} = h("p", {a: null, b: undefined, c: false, d: true, e: 0}, null, false, undefined, 0, [
		"x",
		null
	])
	deepEqual(children, ["0", "x"])
	deepEqual(attributes, {d: "", e: "0"})
})

Deno.test("a word after @ is the name that tests find an element by", () => {
	deepEqual(h("p", "muted big @words").attributes, {class: "muted big", "data-testid": "words"})
	deepEqual(h("p", "@words").attributes, {"data-testid": "words"})
})

Deno.test("properties are set as properties", () => {
	const field = h("input", {value: "v", checked: true, type: "text"})
	deepEqual([field.value, field.checked, field.attributes], ["v", true, {type: "text"}])
})

Deno.test("a button does what it was given to do, and submits nothing", () => {
	let pressed = 0
	const made = button("Press", () => pressed += 1, "primary")
	made.listeners.click()
	equal(pressed, 1)
	deepEqual(made.attributes, {type: "button", class: "button primary"})
})

Deno.test("a text that stays as it is is not written again", () => {
	let writes = 0
	const element = {
		get textContent() {
			return "same"
		},
		set textContent(_) {
			writes += 1
		}
	}
	setText(element, "same")
	setText(element, "other")
	equal(writes, 1)
})
