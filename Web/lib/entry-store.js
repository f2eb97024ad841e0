/** @import { Entry, KeyItem } from "./types.js" */
import { api, ApiError, at, query, send } from "./api.js";
import { upload } from "./upload.js";

/** @typedef {{ text: string } | { base64: string } | { file: Blob }} NewValue */
/** @typedef {{ value: NewValue, metadataText: string | null, expiration: number | null }} Draft */
/** @typedef {{ name: string, size: number | null, expiration: number | null, metadataText: string | null }} Outline what a list tells of an entry */

/** What the list says of one key, without its value; null when it is not there. @param {string} store @param {string} id @param {string} name @param {AbortSignal} signal @returns {Promise<KeyItem | null>} */
export async function listed(store, id, name, signal) {
  const { keys } = await api.keys(store, id, { prefix: name, limit: 1 }, signal);
  return keys[0]?.name === name ? keys[0] : null;
}

/** The conditions of a write: only what was read, or only what is not there yet. @param {{ etag?: string, creating: boolean }} condition @returns {Record<string, string>} */
function conditions({ etag, creating }) {
  if (creating) return { "If-None-Match": "*" };
  if (!etag) return {};
  return { "If-Match": etag.startsWith('"') || etag.startsWith("W/") ? etag : `"${etag}"` };
}

/**
 * Writes an entry with all that belongs to it. Metadata goes as its own text, so that no digit is lost.
 * @param {string} store @param {string} id @param {string} name @param {Draft} draft
 * @param {{ etag?: string, creating: boolean, sent?: (bytes: number, total: number) => void }} condition
 */
export async function storeEntry(store, id, name, { value, metadataText, expiration }, { sent, ...condition }) {
  const headers = conditions(condition);
  if ("file" in value) {
    headers["Content-Type"] = "application/octet-stream";
    if (metadataText !== null) headers["KV-Metadata"] = inHeader(metadataText);
    await upload("PUT", at.value(store, id, name) + query({ expiration }), value.file, { headers, sent });
    return;
  }
  const members = [
    "text" in value ? `"value":${JSON.stringify(value.text)}` : `"valueBase64":${JSON.stringify(value.base64)}`,
  ];
  if (metadataText !== null) members.push(`"metadata":${metadataText}`);
  if (expiration !== null) members.push(`"expiration":${expiration}`);
  headers["Content-Type"] = "application/json";
  await send("PUT", at.entry(store, id, name), { body: `{${members.join(",")}}`, headers });
}

/** JSON made fit for a header: one line of ASCII that says the same. @param {string} json */
const inHeader = (json) =>
  json.replaceAll(/[\r\n\t]+/g, " ").replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** The bytes of a value too large for the editor, to be stored again with other metadata. @param {string} store @param {string} id @param {string} name */
export async function valueBlob(store, id, name) {
  const response = await fetch(at.value(store, id, name));
  if (!response.ok) throw new ApiError(response.status, "", `The value cannot be read: ${response.status}.`);
  return { blob: await response.blob(), etag: response.headers.get("ETag") ?? undefined };
}

/** @param {KeyItem} item @returns {Entry} */
export function outlined(item) {
  const metadata = item.metadata === undefined || item.metadata === null ? null : JSON.stringify(item.metadata);
  return { name: item.name, size: item.size ?? 0, expiration: item.expiration, metadataText: metadata };
}
