/** @import { Entry, Job, JobEvent, Failure, KeyPage, Namespace, NamespacePage, Store } from "./types.js" */
import { memberText } from "./json-text.js";

/** An answer that was no success, or none at all (`status` 0). `message` is fit for the reader. */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {string} [requestID] */
  constructor(status, code, detail, requestID) {
    super(detail);
    this.status = status;
    this.code = code;
    this.requestID = requestID;
  }
}

/** @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError";

/** What to tell of an error. @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error));

const part = encodeURIComponent;

/** Addresses of the API. */
export const at = {
  /** @param {string} store */
  namespaces: (store) => `/api/stores/${part(store)}/namespaces`,
  /** @param {string} store @param {string} id */
  namespace: (store, id) => `${at.namespaces(store)}/${part(id)}`,
  /** @param {string} store @param {string} id @param {string} key */
  entry: (store, id, key) => `${at.namespace(store, id)}/entries/${part(key)}`,
  /** @param {string} store @param {string} id @param {string} key */
  value: (store, id, key) => `${at.namespace(store, id)}/values/${part(key)}`,
  /** @param {string} id */
  job: (id) => `/api/jobs/${part(id)}`,
};

/** @param {Record<string, string | number | boolean | null | undefined>} fields */
export function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/**
 * @typedef {{ body?: BodyInit, json?: unknown, headers?: Record<string, string>, signal?: AbortSignal }} RequestOptions
 * @param {string} method
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<string>} the answer's text
 */
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
  try {
    const { title, detail, code } = JSON.parse(text);
    return new ApiError(
      status,
      code ?? "",
      detail || title || `The server answered ${status}.`,
      requestID ?? undefined,
    );
  } catch {
    return new ApiError(status, "", `The server answered ${status}.`, requestID ?? undefined);
  }
}

/** @param {string} path @param {AbortSignal} [signal] */
const get = async (path, signal) => JSON.parse(await send("GET", path, { signal }));

export const api = {
  /** @returns {Promise<{ stores: Store[] }>} */
  stores: () => get("/api/stores"),

  /** @param {string} store @param {{ query?: string, cursor?: string | null, limit?: number }} [page] @param {AbortSignal} [signal] @returns {Promise<NamespacePage>} */
  namespaces: (store, page = {}, signal) => get(at.namespaces(store) + query({ limit: 100, ...page }), signal),

  /** @param {string} store @param {string} id @param {AbortSignal} [signal] @returns {Promise<Namespace>} */
  namespace: (store, id, signal) => get(at.namespace(store, id), signal),

  /** @param {string} store @param {string} title @returns {Promise<Namespace>} */
  createNamespace: async (store, title) => JSON.parse(await send("POST", at.namespaces(store), { json: { title } })),

  /** @param {string} store @param {string} id @param {{ title?: string, protected?: boolean }} change @returns {Promise<Namespace>} */
  changeNamespace: async (store, id, change) =>
    JSON.parse(await send("PATCH", at.namespace(store, id), { json: change })),

  /** @param {string} store @param {string} id */
  deleteNamespace: (store, id) => send("DELETE", at.namespace(store, id)),

  /**
   * @param {string} store @param {string} id
   * @param {{ prefix?: string, delimiter?: string, cursor?: string | null, limit?: number, count?: boolean }} page
   * @param {AbortSignal} [signal] @returns {Promise<KeyPage>}
   */
  keys: (store, id, page, signal) => get(`${at.namespace(store, id)}/keys${query(page)}`, signal),

  /** @param {string} store @param {string} id @param {string} key @param {AbortSignal} [signal] @returns {Promise<Entry>} */
  async entry(store, id, key, signal) {
    const text = await send("GET", at.entry(store, id, key), { signal });
    const metadata = memberText(text, "metadata");
    return { ...JSON.parse(text), metadataText: metadata === "null" ? null : metadata };
  },

  /** @param {string} store @param {string} id @param {string} key @param {Record<string, string>} [headers] */
  deleteEntry: (store, id, key, headers) => send("DELETE", at.entry(store, id, key), { headers }),

  /** @param {object} job @param {string} idempotencyKey @returns {Promise<Job>} */
  startJob: async (job, idempotencyKey) =>
    JSON.parse(await send("POST", "/api/jobs", { json: job, headers: { "Idempotency-Key": idempotencyKey } })),

  /** @param {Record<string, string | number | null | undefined>} filter @param {AbortSignal} [signal] @returns {Promise<{ jobs: Job[], cursor: string | null, total?: number }>} */
  jobs: (filter, signal) => get("/api/jobs" + query(filter), signal),

  /** @param {string} id @param {{ after?: number, wait?: number }} [wait] @param {AbortSignal} [signal] @returns {Promise<Job>} */
  job: (id, wait = {}, signal) => get(at.job(id) + query(wait), signal),

  /** @param {string} id @returns {Promise<Job>} */
  cancelJob: async (id) => JSON.parse(await send("POST", `${at.job(id)}/cancel`)),

  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<{ events: JobEvent[] }>} */
  jobEvents: (id, signal) => get(`${at.job(id)}/events`, signal),

  /** @param {string} id @param {{ cursor?: string | null, limit?: number }} [page] @param {AbortSignal} [signal] @returns {Promise<{ failures: Failure[], cursor: string | null }>} */
  jobFailures: (id, page = {}, signal) => get(`${at.job(id)}/failures${query(page)}`, signal),
};
