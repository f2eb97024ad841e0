/** @import { Job } from "./types.js" */
/** @import { JobWatch } from "./job-watch.js" */
import { catalog } from "./catalog.js";
import { count, counted, duration, instant, relative, size, timeOfDay } from "./format.js";
import { isEnded } from "./job-watch.js";
import { visible } from "./names.js";

/** @type {Record<string, string[]>} */
const VERBS = {
	delete: ["Deleting", "Deleted", "deleted"],
	copy: ["Copying", "Copied", "copied"],
	move: ["Moving", "Moved", "moved"],
	export: ["Exporting", "Exported", "exported"],
	import: ["Importing", "Imported", "imported"],
};

/** @param {Job} job */
export function place(job) {
	return visible(job.namespaceTitle || catalog.title(job.store, job.namespace) || job.namespace);
}

/** @param {Job} job */
export function targetPlace(job) {
	const { store = job.store, namespace = "", namespaceTitle } = job.target ?? {};
	return visible(namespaceTitle || catalog.title(store, namespace) || namespace);
}

/** @param {string} word */
export const capitalized = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** @param {Job} job */
function where(job) {
	if (job.kind === "copy" || job.kind === "move") return `to ${targetPlace(job)}`;
	return `${job.kind === "import" ? "into" : "from"} ${place(job)}`;
}

/** @param {Job} job */
export function jobTitle(job) {
	const { total, processed, succeeded, skipped, failed } = job.progress;
	const [doing, done, could] = VERBS[job.kind] ?? [`Running ${job.kind} of`, `Ran ${job.kind} of`, "done"];
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

/** "Copy a to b". @param {Job} job */
export function jobSummary(job) {
	const from = job.kind === "copy" || job.kind === "move" ? `${place(job)} ` : "";
	return `${capitalized(job.kind)} ${from}${where(job)}`;
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

/** @param {Job} job */
export const jobError = ({ error }) => (typeof error === "string" ? error : error?.detail ?? error?.code ?? "");

/** @param {Job} job */
export function timeTaken(job) {
	const start = instant(job.startedAt), end = instant(job.finishedAt);
	return start === null ? "" : duration(((end ?? Date.now()) - start) / 1000);
}

/** @param {Job} job */
export function timing(job) {
	const start = instant(job.startedAt);
	if (isEnded(job)) return start === null ? "" : `took ${timeTaken(job)}`;
	if (start === null) return "waiting to start";
	const ago = relative(Math.min(start, Date.now()));
	return ago === "now" ? "started just now" : `started ${ago}`;
}

/** The figures under the bar. @param {Job} job */
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
