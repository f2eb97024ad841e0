/** @import { Job } from "./types.js" */
/** @import { JobWatch } from "./job-watch.js" */
import { catalog } from "./catalog.js";
import { count, counted, duration, instant, relative, size, timeOfDay } from "./format.js";
import { isEnded } from "./job-watch.js";
import { visible } from "./names.js";

/** @type {Record<string, { doing: string, done: string, could: string }>} */
const VERBS = {
	delete: { doing: "Deleting", done: "Deleted", could: "deleted" },
	copy: { doing: "Copying", done: "Copied", could: "copied" },
	move: { doing: "Moving", done: "Moved", could: "moved" },
	export: { doing: "Exporting", done: "Exported", could: "exported" },
	import: { doing: "Importing", done: "Imported", could: "imported" },
};

/** @param {string} kind */
const verb = (kind) => VERBS[kind] ?? { doing: `Running ${kind} of`, done: `Ran ${kind} of`, could: "done" };

/** @param {Job} job */
export function place(job) {
	return visible(job.namespaceTitle || catalog.title(job.store, job.namespace) || job.namespace);
}

/** @param {Job} job */
export function targetPlace(job) {
	const { store = job.store, namespace = "", namespaceTitle } = job.target ?? {};
	return visible(namespaceTitle || catalog.title(store, namespace) || namespace);
}

/** @param {Job} job */
function where(job) {
	if (job.kind === "copy" || job.kind === "move") return `to ${targetPlace(job)}`;
	return `${job.kind === "import" ? "into" : "from"} ${place(job)}`;
}

/** What a job does or did, to how many keys, where. @param {Job} job */
export function jobTitle(job) {
	const { total, processed, succeeded, skipped, failed } = job.progress;
	const { doing, done, could } = verb(job.kind);
	const keys = total === null ? (processed > 0 ? counted(processed) : "keys") : counted(total);
	switch (job.state) {
		case "completed":
			return `${done} ${counted(succeeded)} ${where(job)}` + (skipped ? `, skipped ${count(skipped)}` : "");
		case "incomplete":
			return `${count(failed)} of ${counted(total ?? processed)} could not be ${could}`;
		case "failed":
			return `${doing} ${keys} ${where(job)} failed`;
		case "cancelled":
			return `Cancelled after ${count(processed)}${total === null ? "" : ` of ${count(total)}`} keys`;
		default:
			return `${doing} ${keys} ${where(job)}`;
	}
}

/** One line of a list: "Copy from a to b". @param {Job} job */
export function jobSummary(job) {
	const name = job.kind.charAt(0).toUpperCase() + job.kind.slice(1);
	if (job.kind === "copy" || job.kind === "move") return `${name} ${place(job)} to ${targetPlace(job)}`;
	return `${name} ${job.kind === "import" ? "into" : "from"} ${place(job)}`;
}

/** @type {Record<string, string>} */
const CONNECTIONS = {
	websocket: "WebSocket",
	reconnecting: "Reconnecting",
	polling: "Polling",
	lost: "Connection lost",
	closed: "Ended",
};

/** The kind of connection in words; after the end, the one that brought the news of it. @param {JobWatch} watch */
export function connectionWord({ connection, via }) {
	return CONNECTIONS[connection === "closed" && via !== "idle" ? via : connection] ?? "Connecting";
}

/** @type {Record<string, { word: string, icon: string, mood: string }>} */
export const STATES = {
	queued: { word: "Queued", icon: "clock", mood: "" },
	running: { word: "Running", icon: "run", mood: "busy" },
	paused: { word: "Paused", icon: "clock", mood: "warn" },
	completed: { word: "Completed", icon: "check", mood: "good" },
	incomplete: { word: "Incomplete", icon: "alert", mood: "warn" },
	failed: { word: "Failed", icon: "alert", mood: "bad" },
	cancelled: { word: "Cancelled", icon: "stop", mood: "" },
};

/** The reason that a job as a whole gave. @param {Job} job */
export const jobError = (
	job,
) => (typeof job.error === "string" ? job.error : job.error?.detail ?? job.error?.code ?? "");

/** @param {Job} job */
export function timeTaken(job) {
	const start = instant(job.startedAt), end = instant(job.finishedAt);
	return start === null ? "" : duration(((end ?? Date.now()) - start) / 1000);
}

/** When it began or how long it took, for the corner of the dialog. @param {Job} job */
export function timing(job) {
	const start = instant(job.startedAt);
	if (isEnded(job)) return start === null ? "" : `took ${timeTaken(job)}`;
	if (start === null) return "waiting to start";
	const ago = relative(Math.min(start, Date.now()));
	return ago === "now" ? "started just now" : `started ${ago}`;
}

/** The figures under the bar. @param {Job} job @returns {{ id: string, figure: string, words: string, bad?: boolean, shown?: boolean }[]} */
export function figures(job) {
	const p = job.progress, ended = isEnded(job), known = p.total !== null;
	const eta = p.etaSeconds === null ? "" : `${duration(Math.max(1, p.etaSeconds))} left`;
	const bytes = p.bytes > 0 ? size(p.bytes) : "";
	return [
		{
			id: "share",
			figure: known ? `${p.percentage ?? 0}%` : count(p.processed),
			words: known ? `${count(p.processed)} of ${count(p.total)}` : ended ? "keys" : "keys so far",
		},
		{
			id: "rate",
			figure: `${count(Math.round(p.ratePerSecond ?? 0))}/s`,
			words: eta || bytes || "rate",
			shown: !ended,
		},
		{ id: "taken", figure: timeTaken(job) || "–", words: bytes || "taken", shown: ended },
		{ id: "failed", figure: count(p.failed), words: "failed", bad: p.failed > 0 },
		{ id: "skipped", figure: count(p.skipped), words: "skipped", shown: p.skipped > 0 },
		{ id: "requests", figure: count(p.requests), words: p.requests === 1 ? "request" : "requests" },
	];
}

/** Said while a job waits for its store's quota; empty otherwise. @param {Job} job */
export function throttling(job) {
	const until = instant(job.progress.throttledUntil);
	if (until === null || isEnded(job)) return "";
	return `The store's quota is used up: waiting until ${timeOfDay(until)} (${relative(until)}).`;
}
