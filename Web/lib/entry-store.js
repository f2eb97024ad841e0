import {ApiError, at, query, send, upload} from "./api.js"

// deno-lint-ignore no-control-regex
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/.source
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.source
const TOKEN = new RegExp(`[{}[\\],:]|${STRING}|${NUMBER}|true|false|null|$`, "y")
const BLANK = /[ \t\n\r]*/y

/** Above this a value is not brought into the editor: it can be downloaded and replaced. */
export const EDITED_AT_MOST = 1_048_576

/**
 * Null when there is none. A value that is too large stays away: so the size is asked for first, unless the list told it.
 * @param {Place} place @param {string} name @param {KeyItem | undefined} item @param {AbortSignal} signal @returns {Promise<Entry | null>}
 */
export async function readEntry(place, name, item, signal) {
	if (!item || (item.size ?? 0) > EDITED_AT_MOST) {
		const text = await send("GET", `${at.namespace(place)}/keys${query({prefix: name, limit: 1})}`, {signal})
		const first = JSON.parse(text).keys[0]
		if (first?.name !== name) return null
		if ((first.size ?? 0) > EDITED_AT_MOST) return withMetadata(first, (memberText(text, "keys") ?? "").slice(1))
	}
	const text = await send("GET", at.entry(place, name), {signal}).catch((error) => {
		if (error instanceof ApiError && error.code === "key_not_found") return null
		throw error
	})
	return text === null ? null : withMetadata(JSON.parse(text), text)
}

/** With the metadata as they literally stand in the answer. @param {Entry} entry */
function withMetadata(entry, text = "") {
	const metadata = memberText(text, "metadata")
	return {...entry, metadataText: metadata === "null" ? null : metadata}
}

/** Only over what was read, or only where nothing is yet. @param {Condition} condition */
function conditions({etag, creating}) {
	/** @type {Record<string, string>} */
	const headers = {}
	if (creating) headers["If-None-Match"] = "*"
	else if (etag) headers["If-Match"] = etag.startsWith('"') ? etag : `"${etag}"`
	return headers
}

/**
 * Metadata goes as its own text, so that no digit is lost. Without a value the one that is there is read and written again.
 * @param {Place} place @param {string} name @param {Draft} draft @param {Condition} condition
 */
export async function storeEntry(place, name, {value, metadataText, expiration, tags}, condition) {
	if (value === null) {
		const {file, etag} = await rawValue(place, name)
		value = {file}
		condition = {...condition, etag: condition.etag === undefined ? etag : condition.etag}
	}
	const headers = conditions(condition)
	// Raw bytes travel without tags.
	if ("file" in value && tags) value = {base64: new Uint8Array(await value.file.arrayBuffer()).toBase64()}
	if ("file" in value) {
		headers["Content-Type"] = "application/octet-stream"
		if (metadataText !== null) headers["KV-Metadata"] = inHeader(metadataText)
		const path = at.value(place, name) + query({expiration})
		return void await upload("PUT", path, value.file, {headers, sent: condition.sent})
	}
	const {text, base64} = /** @type {{ text?: string, base64?: string }} */ (value)
	const members = [JSON.stringify({value: text, valueBase64: base64}).slice(1, -1)]
	if (metadataText !== null) members.push(`"metadata":${metadataText}`)
	if (expiration !== null) members.push(`"expiration":${expiration}`)
	if (tags) members.push(`"tags":${JSON.stringify(tags)}`)
	headers["Content-Type"] = "application/json"
	await send("PUT", at.entry(place, name), {body: `{${members.join(",")}}`, headers})
}

/** One line of ASCII that says the same. */
function inHeader(json = "") {
	const escaped = (unit = "") => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
	return json.replaceAll(/[\r\n\t]+/g, " ").replaceAll(/[\u007f-\uffff]/g, escaped)
}

/** @param {Place} place */
async function rawValue(place, name = "") {
	const response = await fetch(at.value(place, name))
	if (!response.ok) throw new ApiError(response.status, "", `The value cannot be read: ${response.status}.`)
	return {file: await response.blob(), etag: response.headers.get("ETag")}
}

/**
 * Walks through JSON, and throws where it is wrong. Tells each member of the outermost object as it literally stands:
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
		if (!found) return fail(text[from] === '"' ? open : "this is not JSON")
		token = found[0]
		at = TOKEN.lastIndex
	}
	const take = (wanted = "", words = `"${wanted}"`) => {
		if (token !== wanted) fail(`${words} was expected, not ${token || "the end"}`)
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
		if (name[0] !== '"') fail(`a name in double quotes was expected, not ${name || "the end"}`)
		next()
		take(":")
		const start = from
		value(depth + 1)
		if (depth === 0) told(JSON.parse(name), text.slice(start, end))
	}
	const value = (depth = 0) => {
		if (depth > 500) fail("this is nested too deeply")
		if (token === "{") list("}", () => member(depth))
		else if (token === "[") list("]", () => value(depth + 1))
		else if ("]},:".includes(token)) fail(`a value was expected, not ${token || "the end"}`)
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

/** UTF-8, a byte order mark included; null when they are not text. @param {Uint8Array<ArrayBuffer>} bytes */
export function asText(bytes) {
	try {
		return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes)
	} catch {
		return null
	}
}

export const byteLength = (text = "") => new TextEncoder().encode(text).length
