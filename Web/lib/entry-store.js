/** @import { Condition, Draft, Entry } from "./types.js" */
import { ApiError, at, metadataText, query, send } from "./api.js";
import { memberText } from "./json-text.js";
import { upload } from "./upload.js";

/** What the list says of one key, without its value; null when it is not there. @param {string} store @param {string} id @param {string} name @param {AbortSignal} signal @returns {Promise<Entry | null>} */
export async function outline(store, id, name, signal) {
	const text = await send("GET", `${at.namespace(store, id)}/keys${query({ prefix: name, limit: 1 })}`, { signal });
	const item = JSON.parse(text).keys[0];
	return item?.name === name
		? { size: 0, ...item, metadataText: metadataText((memberText(text, "keys") ?? "").slice(1)) }
		: null;
}

/** The conditions of a write: only over what was read, or only where nothing is yet. @param {Condition} condition */
function conditions({ etag, creating }) {
	/** @type {Record<string, string>} */
	const headers = {};
	if (creating) headers["If-None-Match"] = "*";
	else if (etag) headers["If-Match"] = etag.startsWith('"') ? etag : `"${etag}"`;
	return headers;
}

/**
 * Writes an entry with all that belongs to it. Metadata goes as its own text, so that no digit is lost.
 * @param {string} store @param {string} id @param {string} name @param {Draft} draft @param {Condition} condition
 */
export async function storeEntry(store, id, name, { value, metadataText, expiration }, condition) {
	const headers = conditions(condition);
	if ("file" in value) {
		headers["Content-Type"] = "application/octet-stream";
		if (metadataText !== null) headers["KV-Metadata"] = inHeader(metadataText);
		const path = at.value(store, id, name) + query({ expiration });
		return void await upload("PUT", path, value.file, { headers, sent: condition.sent });
	}
	const { text, base64 } = /** @type {{ text?: string, base64?: string }} */ (value);
	const members = [JSON.stringify({ value: text, valueBase64: base64 }).slice(1, -1)];
	if (metadataText !== null) members.push(`"metadata":${metadataText}`);
	if (expiration !== null) members.push(`"expiration":${expiration}`);
	headers["Content-Type"] = "application/json";
	await send("PUT", at.entry(store, id, name), { body: `{${members.join(",")}}`, headers });
}

/** JSON made fit for a header: one line of ASCII that says the same. @param {string} json */
function inHeader(json) {
	const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
	return json.replaceAll(/[\r\n\t]+/g, " ").replaceAll(/[\u007f-\uffff]/g, escaped);
}

/** The bytes of a value too large for the editor, to be stored again with other metadata. @param {string} store @param {string} id @param {string} name */
export async function valueBlob(store, id, name) {
	const response = await fetch(at.value(store, id, name));
	if (!response.ok) throw new ApiError(response.status, "", `The value cannot be read: ${response.status}.`);
	return { blob: await response.blob(), etag: response.headers.get("ETag") };
}
