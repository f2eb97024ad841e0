import {ApiError, at, base, problem, query, send, upload} from "./api.js"
import {memberText} from "./json.js"

/** Above this a value is not brought into the editor: it can be downloaded and replaced. */
export const EDITED_AT_MOST = 1_048_576

/**
 * Null when there is none. A value that is too large stays away: so the size is asked for first, unless the list told it.
 * @param {Place} place @param {string} name @param {API.KeyInfo | undefined} item @param {AbortSignal} signal @returns {Promise<Entry | null>}
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

/** With both kinds of metadata as they literally stand in the answer. @param {Entry} entry */
const withMetadata = (entry, text = "") => ({
	...entry,
	metadataText: memberText(text, "metadata"),
	customText: memberText(text, "customMetadata")
})

/** Only over what was read, or only where nothing is yet. @param {Condition} condition */
function conditions({etag, creating}) {
	/** @type {Record<string, string>} */
	const headers = {}
	if (creating) headers["If-None-Match"] = "*"
	else if (etag) headers["If-Match"] = /^(W\/)?"/.test(etag) ? etag : `"${etag}"`
	return headers
}

/**
 * Metadata goes as its own text, so that no digit is lost. Without a value that of `origin` is read and written again.
 * @param {Place} place @param {string} name @param {Draft} draft @param {Condition} condition
 */
export async function storeEntry(place, name, {value, metadataText, lifetime, annotation, origin}, condition) {
	if (value === null) {
		const {file, etag} = await rawValue(place, origin)
		value = {file}
		condition = {...condition, etag: condition.etag === undefined ? etag : condition.etag}
	}
	const headers = conditions(condition)
	if ("file" in value) {
		const form = new FormData()
		// As blobs: a form would change the line ends of texts.
		if (metadataText !== null) form.append("metadata", new Blob([metadataText]))
		if (annotation.length > 0) form.append("annotation", new Blob([`{${annotation}}`]))
		form.append("value", value.file)
		return void await upload("PUT", at.value(place, name, lifetime), form, {headers, sent: condition.sent})
	}
	const {text, base64} = /** @type {{ text?: string, base64?: string }} */ (value)
	const members = [JSON.stringify({value: text, valueBase64: base64, ...lifetime}).slice(1, -1), ...annotation]
	if (metadataText !== null) members.push(`"metadata":${metadataText}`)
	headers["Content-Type"] = "application/json"
	await send("PUT", at.entry(place, name), {body: `{${members}}`, headers})
}

/** Reads a stored value part by part, all of the same state of it. @param {string} path @returns {Bytes["read"]} */
export function partsOf(path) {
	/** @type {string | null} */
	let state = null
	return async (from, to, signal) => {
		const response = await fetch(base + path, {headers: {Range: `bytes=${from}-${to - 1}`}, signal})
		if (response.status !== 206) throw problem(response.status, await response.text())
		state ??= response.headers.get("ETag")
		const isSame = state === response.headers.get("ETag")
		if (!isSame) {
			throw new Error("The value was changed meanwhile. Close the entry and open it again to see what it is now.")
		}
		return new Uint8Array(await response.arrayBuffer())
	}
}

/** @param {Place} place */
async function rawValue(place, name = "") {
	const response = await fetch(base + at.value(place, name))
	if (!response.ok) throw new ApiError(response.status, "", `The value cannot be read: ${response.status}.`)
	return {file: await response.blob(), etag: response.headers.get("ETag")}
}

/** UTF-8, a byte order mark included; null when they are not text. @param {Uint8Array<ArrayBuffer>} bytes */
export function asText(bytes) {
	try {
		return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes)
	} catch {
		return null
	}
}

export const byteLength = (text = "") => new TextEncoder().encode(text).length
