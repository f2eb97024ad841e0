/** An answer that was no success, or none at all (`status` 0). `message` is fit for the reader. */
export class ApiError extends Error {
	constructor(status = 0, code = "", detail = "") {
		super(detail)
		this.status = status
		this.code = code
	}
}

/** @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError"

/** @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error))

/**
 * The path below which the server serves all of it, this file too: empty, or one like "/kv". Addresses within the code begin
 * behind it; it is added where they leave the code, and taken off where they come in.
 */
export const base = new URL("..", import.meta.url).pathname.slice(0, -1)

const part = encodeURIComponent

/** @type {Addresses} */
export const at = {
	namespaces: (store) => `/api/stores/${part(store)}/namespaces`,
	namespace: ({store, id}) => `${at.namespaces(store)}/${part(id)}`,
	// Keys are in the query: proxies change or refuse some characters of paths.
	entry: (place, key) => `${at.namespace(place)}/entries${query({key})}`,
	value: (place, key, more = {}) => `${at.namespace(place)}/values${query({key, ...more})}`,
	job: (id) => `/api/jobs/${part(id)}`,
	keyLists: "/api/key-lists"
}

/** Those without a value are left out. @param {Fields} fields */
export function query(fields) {
	const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "")
	const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
	return text && `?${text}`
}

/** @param {string} method @param {string} path @param {RequestOptions} [options] */
export async function send(method, path, {body, json, headers = {}, signal} = {}) {
	if (json !== undefined) {
		body = JSON.stringify(json)
		headers = {"Content-Type": "application/json", ...headers}
	}
	let response, text
	try {
		response = await fetch(base + path, {method, body, headers: {Accept: "application/json", ...headers}, signal})
		text = await response.text()
	} catch (error) {
		if (isAbort(error)) throw error
		throw new ApiError(0, "unreachable", "The server cannot be reached.")
	}
	if (!response.ok) throw problem(response.status, text)
	return text
}

/** @param {number} status @param {string} text of the answer */
export function problem(status, text) {
	let body
	try {
		body = JSON.parse(text)
	} catch {
		body = {}
	}
	return new ApiError(status, body.code ?? "", body.detail || body.title || `The server answered ${status}.`)
}

/** @param {string} method @param {string} path @param {RequestOptions} [options] */
const asked = async (method, path, options) => JSON.parse(await send(method, path, options))

/** @param {string} path @param {AbortSignal} [signal] */
const get = (path, signal) => asked("GET", path, {signal})

/** @type {APIClient} */
export const api = {
	stores: () => get("/api/stores"),
	async namespaces(store, page, signal) {
		const found = await get(at.namespaces(store) + query({limit: 100, ...page}), signal)
		for (const namespace of found.namespaces) namespace.store = store
		return found
	},
	namespace: async (place, signal) => ({...await get(at.namespace(place), signal), store: place.store}),
	createNamespace: (store, title) => asked("POST", at.namespaces(store), {json: {title}}),
	changeNamespace: async (place, json) => ({
		...await asked("PATCH", at.namespace(place), {json}),
		store: place.store
	}),
	deleteNamespace: (place) => send("DELETE", at.namespace(place)),
	keys: (place, page, signal) => get(`${at.namespace(place)}/keys${query(page)}`, signal),
	deleteEntry: (place, key) => send("DELETE", at.entry(place, key)),
	startJob: (json, idempotencyKey) =>
		asked("POST", "/api/jobs", {json, headers: {"Idempotency-Key": idempotencyKey}}),
	jobs: (filter, signal) => get("/api/jobs" + query(filter), signal),
	job: (id, wait = {}, signal) => get(at.job(id) + query(wait), signal),
	planJob: (json, signal) => asked("POST", "/api/jobs", {json: {...json, plan: true}, signal}),
	tellJob: (id, verb) => asked("POST", `${at.job(id)}/${verb}`),
	deleteJob: (id) => send("DELETE", at.job(id)),
	jobEvents: (id, signal) => get(`${at.job(id)}/events`, signal),
	jobFailures: (id, page, signal) => get(`${at.job(id)}/failures${query(page)}`, signal),
	audit: (filter, signal) => get("/api/audit" + query(filter), signal),
	monitor: (signal) => get("/api/monitor", signal),
	storage: (signal) => get("/api/storage", signal)
}

/**
 * Tells how much has gone out, which `fetch` cannot. Resolves to the answer's text.
 * @param {string} method @param {string} path @param {Blob | FormData} body
 * @param {UploadOptions} [options] @returns {Promise<string>}
 */
export function upload(method, path, body, {headers = {}, signal, sent} = {}) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest()
		request.open(method, base + path)
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
		request.upload.onprogress = (event) => sent?.(event.loaded, event.total)
		request.onload = () => {
			if (request.status < 300) resolve(request.responseText)
			else reject(problem(request.status, request.responseText))
		}
		request.onerror = () => reject(new ApiError(0, "unreachable", "The connection broke off while uploading."))
		request.onabort = () => reject(new DOMException("Cancelled", "AbortError"))
		signal?.addEventListener("abort", () => request.abort())
		request.send(body)
	})
}
