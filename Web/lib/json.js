// deno-lint-ignore no-control-regex
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/.source
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.source
const TOKEN = new RegExp(`[{}[\\],:]|${STRING}|${NUMBER}|true|false|null|$`, "y")
const BLANK = /[ \t\n\r]*/y

/**
 * Walks through JSON, and throws where it is wrong. Tells what the outermost object or array holds as it literally stands:
 * `JSON.parse` says neither the same way in every engine, and printing again would change 1.0 or 12345678901234567890.
 * @param {string} text @param {ToldOfMember} told @returns what makes sure that nothing follows
 */
function walk(text, told) {
	let token = "", from = 0, at = 0, end = 0
	/** @type {(problem: string) => never} */
	const fail = (problem) => {
		throw Object.assign(new Error(problem), {at: from})
	}
	const next = () => {
		end = BLANK.lastIndex = at
		BLANK.exec(text)
		from = TOKEN.lastIndex = BLANK.lastIndex
		const found = TOKEN.exec(text), open = "this string is not closed, or something in it must be escaped"
		if (!found) {
			return fail(
				text[from] === '"' ? open : `${/^\w+|./su.exec(text.slice(from, from + 40))?.[0]} means nothing in JSON`
			)
		}
		token = found[0]
		at = TOKEN.lastIndex
	}
	const take = (wanted = "", words = `"${wanted}"`) => {
		if (token !== wanted) fail(`${words} was expected, not ${token ? `"${token}"` : "the end"}`)
		next()
	}
	/** @type {(close: string, item: Act) => void} */
	const list = (close, item) => {
		next()
		if (token !== close) item()
		else return next()
		while (token !== close) {
			take(",", `"," or "${close}"`)
			item()
		}
		next()
	}
	const member = (depth = 0) => {
		const name = token
		if (name[0] !== '"') fail(`a name in double quotes was expected, not ${name ? `"${name}"` : "the end"}`)
		next()
		take(":")
		const start = from
		value(depth + 1)
		if (depth === 0) told(JSON.parse(name), text.slice(start, end))
	}
	const item = (depth = 0) => {
		const start = from
		value(depth + 1)
		if (depth === 0) told(null, text.slice(start, end))
	}
	const value = (depth = 0) => {
		if (depth > 500) fail("this is nested too deeply")
		if (token === "{") list("}", () => member(depth))
		else if (token === "[") list("]", () => item(depth))
		else if ("]},:".includes(token)) fail(`a value was expected, not ${token ? `"${token}"` : "the end"}`)
		else next()
	}
	next()
	value()
	return () => take("", "nothing more")
}

/** What is wrong, with line and column counted from 1; null when nothing is. */
export function problemIn(text = "") {
	try {
		walk(text, () => {})()
		return null
	} catch (error) {
		if (!(error instanceof Error && "at" in error)) throw error
		const at = Number(error.at), before = text.slice(0, at).split("\n")
		return {at, line: before.length, column: (before.at(-1) ?? "").length + 1, message: error.message}
	}
}

/** The literal text of a member of the outermost object; null when there is none. @returns {string | null} */
export function memberText(text = "", wanted = "") {
	/** @type {string | null} */
	let found = null
	walk(text, (name, literal) => {
		if (name === wanted) found = literal
	})
	return found
}

/** JSON laid out with two spaces, token by token, so that numbers and doubled names stay as they are. */
export function laidOut(text = "") {
	let depth = 0
	const line = () => "\n" + "  ".repeat(depth)
	return text.replaceAll(
		/"(?:[^"\\]|\\.)*"|([{[])\s*([}\]])?|([}\]])|(,)|(:)|\s+/g,
		(all, open, empty, close, comma, colon) => {
			if (open && empty) return open + empty
			depth += open ? 1 : close ? -1 : 0
			if (open || comma) return (open ?? comma) + line()
			return close ? line() + close : colon ? ": " : all.trim()
		}
	)
}

export const withoutBlanks = (text = "") => text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? "")

/** What an object or an array of valid JSON holds: names (null in an array) and literal texts. @returns {Member[]} */
export function membersOf(text = "") {
	/** @type {Member[]} */
	const members = []
	walk(text, (name, literal) => members.push({name, literal}))
	return members
}
