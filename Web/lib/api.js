/** @import { Addresses, API, Fields, RequestOptions } from "./types.js" */
import { memberText } from "./json-text.js";

/** An answer that was no success, or none at all (`status` 0). `message` is fit for the reader. */
export class ApiError extends Error {
	/** @param {number} status @param {string} code @param {string} detail @param {string | null} [requestID] */
	constructor(status, code, detail, requestID) {
		super(detail);
		this.status = status;
		this.code = code;
		this.requestID = requestID;
	}
}

/** @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error));

const part = encodeURIComponent;

/** @type {Addresses} */
export const at = {
	namespaces: (store) => `/api/stores/${part(store)}/namespaces`,
	namespace: (store, id) => `${at.namespaces(store)}/${part(id)}`,
	entry: (store, id, key) => `${at.namespace(store, id)}/entries/${part(key)}`,
	value: (store, id, key) => `${at.namespace(store, id)}/values/${part(key)}`,
	job: (id) => `/api/jobs/${part(id)}`,
};

/** Those without a value are left out. @param {Fields} fields */
export function query(fields) {
	const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "");
	const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
	return text && `?${text}`;
}

/** @param {string} method @param {string} path @param {RequestOptions} [options] */
export async function send(method, path, { body, json, headers = {}, signal } = {}) {
	if (json !== undefined) {
		body = JSON.stringify(json);
		headers = { "Content-Type": "application/json", ...headers };
	}
	let response, text;
	try {
		response = await fetch(path, { method, body, headers: { Accept: "application/json", ...headers }, signal });
		text = await response.text();
	} catch (error) {
		if (isAbort(error)) throw error;
		throw new ApiError(0, "unreachable", "The server cannot be reached.");
	}
	if (!response.ok) throw problem(response.status, text, response.headers.get("X-Request-Id"));
	return text;
}

/** @param {number} status @param {string} text @param {string | null} requestID */
export function problem(status, text, requestID) {
	let body;
	try {
		body = JSON.parse(text);
	} catch {
		body = {};
	}
	return new ApiError(
		status,
		body.code ?? "",
		body.detail || body.title || `The server answered ${status}.`,
		requestID,
	);
}

/** @param {Promise<string>} answer */
const parsed = async (answer) => JSON.parse(await answer);

/** @param {string} path @param {AbortSignal} [signal] */
const get = (path, signal) => parsed(send("GET", path, { signal }));

/** @type {API} */
export const api = {
	stores: () => get("/api/stores"),
	namespaces: (store, page, signal) => get(at.namespaces(store) + query({ limit: 100, ...page }), signal),
	namespace: (store, id, signal) => get(at.namespace(store, id), signal),
	createNamespace: (store, title) => parsed(send("POST", at.namespaces(store), { json: { title } })),
	changeNamespace: (store, id, json) => parsed(send("PATCH", at.namespace(store, id), { json })),
	deleteNamespace: (store, id) => send("DELETE", at.namespace(store, id)),
	keys: (store, id, page, signal) => get(`${at.namespace(store, id)}/keys${query(page)}`, signal),
	async entry(store, id, key, signal) {
		const text = await send("GET", at.entry(store, id, key), { signal });
		return { ...JSON.parse(text), metadataText: metadataText(text) };
	},
	deleteEntry: (store, id, key) => send("DELETE", at.entry(store, id, key)),
	startJob: (json, idempotencyKey) =>
		parsed(send("POST", "/api/jobs", { json, headers: { "Idempotency-Key": idempotencyKey } })),
	jobs: (filter, signal) => get("/api/jobs" + query(filter), signal),
	job: (id, wait = {}, signal) => get(at.job(id) + query(wait), signal),
	cancelJob: (id) => parsed(send("POST", `${at.job(id)}/cancel`)),
	jobEvents: (id, signal) => get(`${at.job(id)}/events`, signal),
	jobFailures: (id, page, signal) => get(`${at.job(id)}/failures${query(page)}`, signal),
};

/** The metadata of an entry as it literally stands in the answer. @param {string} text */
export function metadataText(text) {
	const metadata = memberText(text, "metadata");
	return metadata === "null" ? null : metadata;
}
