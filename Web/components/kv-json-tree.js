import {button, div, h, span} from "../lib/dom.js"
import {count, counted, marked} from "../lib/format.js"
import {membersOf} from "../lib/json.js"

const SHOWN_AT_ONCE = 200
const OPEN_AT_MOST = 20
const CUT_AFTER = 2000

/** A JSON value to read, as branches that open. What a branch holds is made when it is opened first. */
export class KvJsonTree extends HTMLElement {
	/** @param {string} text valid JSON */
	show(text) {
		const tree = h("ul", {"aria-label": "Value as a tree"}, node(null, text.trim(), true))
		this.replaceChildren(tree)
	}
}

/** @param {string | null} name @param {string} literal @param {boolean} [open] */
function node(name, literal, open = false) {
	const label = name !== null && [span("tree-name", marked(name)), ": "]
	if (!/^[{[]/.test(literal)) return h("li", {}, label || "", leaf(literal))
	const members = membersOf(literal), isList = literal[0] === "["
	const words = isList ? `[ ${counted(members.length, "item")} ]` : `{ ${counted(members.length, "member")} }`
	const summary = h("summary", {}, label || "", span("dim", words))
	const inside = h("ul"), branch = h("details", {}, summary, inside)
	branch.open = open || (members.length > 0 && members.length <= OPEN_AT_MOST && literal.length < CUT_AFTER)
	if (branch.open) grow(inside, members)
	else branch.addEventListener("toggle", () => grow(inside, members), {once: true})
	return h("li", {}, branch)
}

/** @param {Element} inside @param {Member[]} members */
function grow(inside, members, from = 0) {
	const some = members.slice(from, from + SHOWN_AT_ONCE), next = from + some.length
	inside.append(...some.map(({name, literal}, index) => node(name ?? String(from + index), literal)))
	if (next >= members.length) return
	const more = button(`Show more of ${count(members.length)}`, () => {
		rest.remove()
		grow(inside, members, next)
	}, "quiet")
	const rest = h("li", {}, more)
	inside.append(rest)
}

/** @param {string} literal */
function leaf(literal) {
	const kind = literal[0] === '"' ? "string" : /^[tfn]/.test(literal) ? "word" : "number"
	const text = kind === "string" ? JSON.parse(literal) : literal, cut = text.length > CUT_AFTER
	const shown = marked(cut ? text.slice(0, CUT_AFTER) : text)
	const quote = kind === "string" ? '"' : ""
	return div(`tree-${kind}`, quote, ...shown, cut ? `… (${counted(text.length, "character")})` : quote)
}

customElements.define("kv-json-tree", KvJsonTree)
