import { catalog, quotaWords } from "./catalog.js";
import { div, h, icon, setText, span } from "./dom.js";
import { count, counted, duration, instant, marked, oneLine, relative, size, timeOfDay, visible } from "./format.js";
import { isEnded } from "./job-watch.js";

/** @type {Record<string, string[]>} */
const VERBS = {
	delete: ["Deleting", "Deleted", "deleted"],
	copy: ["Copying", "Copied", "copied"],
	move: ["Moving", "Moved", "moved"],
	export: ["Exporting", "Exported", "exported"],
	import: ["Importing", "Imported", "imported"],
};

/** The namespace that a job works on, or goes to. @param {JobTarget} place */
export function titleOf({ store = "", namespace = "", namespaceTitle }) {
	return visible(namespaceTitle || catalog.namespace({ store, id: namespace })?.title || namespace);
}

/** Where a job goes to; where it does not say the store, it is its own. @param {Job} job */
export const targetOf = ({ store, target }) => ({ store, ...target });

/** @param {string} word */
export const capitalized = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** @param {Job} job */
const hasTarget = ({ kind }) => kind === "copy" || kind === "move";

/** @param {Job} job */
function where(job) {
	if (hasTarget(job)) return `to ${titleOf(targetOf(job))}`;
	return `${job.kind === "import" ? "into" : "from"} ${titleOf(job)}`;
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
	return `${capitalized(job.kind)} ${hasTarget(job) ? `${titleOf(job)} ` : ""}${where(job)}`;
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

/** @type {Record<string, { word: string, sign: string, mood: string }>} */
export const STATES = {
	queued: { word: "Queued", sign: "clock", mood: "" },
	running: { word: "Running", sign: "run", mood: "busy" },
	paused: { word: "Paused", sign: "clock", mood: "warn" },
	completed: { word: "Completed", sign: "check", mood: "good" },
	incomplete: { word: "Incomplete", sign: "alert", mood: "warn" },
	failed: { word: "Failed", sign: "alert", mood: "bad" },
	cancelled: { word: "Cancelled", sign: "stop", mood: "" },
};

/** A state as icon and word. @param {Job} job */
export function stateChip({ state }) {
	const { word, sign, mood } = STATES[state];
	return span({ class: "state", "data-mood": mood, testid: "state" }, icon(sign), word);
}

/** @param {Job} job */
export const jobError = ({ error }) => (typeof error === "string" ? error : error?.detail ?? error?.code ?? "");

/** @param {Job} job */
export function timeTaken(job) {
	const start = instant(job.startedAt), end = instant(job.finishedAt) ?? Date.now();
	return start === null ? "" : duration((end - start) / 1000);
}

/** @param {Job} job */
export function timing(job) {
	const start = instant(job.startedAt), ended = isEnded(job);
	if (start === null) return ended ? "" : "waiting to start";
	if (ended) return `took ${timeTaken(job)}`;
	const ago = relative(Math.min(start, Date.now()));
	return ago === "now" ? "started just now" : `started ${ago}`;
}

/** The figures under the bar. @param {Job} job */
export function figures(job) {
	const p = job.progress, ended = isEnded(job), known = p.total !== null, processed = count(p.processed);
	const eta = p.etaSeconds === null ? "" : `${duration(Math.max(1, p.etaSeconds))} left`;
	const bytes = p.bytes > 0 ? size(p.bytes) : "";
	return [
		{
			id: "share",
			figure: known ? `${p.percentage ?? 0}%` : processed,
			words: known ? `${processed} of ${count(p.total)}` : ended ? "keys" : "keys so far",
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

/** Said of a job on a store with a quota: how it is paced, or until when it waits; empty otherwise. @param {Job} job */
export function pacing(job) {
	if (isEnded(job)) return "";
	const until = instant(job.progress.throttledUntil);
	if (until === null) {
		const pace = (catalog.shelf(job.store) ?? catalog.shelf(job.target?.store ?? ""))?.pace;
		return pace ? `Paced within ${quotaWords(pace)}, a tenth of them left to people.` : "";
	}
	return `The store's quota is used up: waiting until ${timeOfDay(until)} (${relative(until)}).`;
}

/** @param {Job} job @param {string} words */
export function fileLink({ download }, words, kind = "") {
	if (!download) return null;
	return h("a", { class: kind, href: download.url, download: download.name, testid: "job-download" }, words);
}

/** A job's bar, its figures, the key at hand and what is the matter with it. Updated in place, so that nothing flickers. */
export class JobFigures {
	level = h("i");
	bar = h("div", { class: "meter", role: "progressbar", "aria-label": "Progress", testid: "job-bar" }, this.level);
	facts = div("facts");
	now = div("now @job-key");
	throttled = h("p", { class: "notice", testid: "job-throttled", hidden: true });
	problem = h("p", { class: "problem", testid: "job-error", hidden: true });
	element = div("job-figures", this.bar, this.facts, this.now, this.throttled, this.problem);
	/** @type {Map<string, HTMLElement>} */
	cells = new Map();
	key = "";

	/** @param {Job} job @param {string | null} [trouble] with the connection */
	render(job, trouble) {
		const { percentage, total, currentKey } = job.progress, ended = isEnded(job);
		const known = total !== null && percentage !== null;
		this.bar.classList.toggle("unknown", !known && !ended);
		this.bar.dataset.state = job.state;
		this.level.style.width = known ? `${percentage}%` : ended ? "100%" : "";
		this.bar.ariaValueNow = known ? String(percentage) : null;
		for (const { id, figure, words, bad = false, shown = true } of figures(job)) {
			const cell = this.cells.get(id) ?? this.cell(id), [first, last] = cell.children;
			setText(first, figure);
			setText(last, words);
			cell.classList.toggle("bad", bad);
			cell.hidden = !shown;
		}
		const key = ended ? "" : currentKey ?? "";
		this.now.hidden = ended;
		if (key !== this.key) this.now.replaceChildren(oneLine(key));
		this.key = key;
		say(this.throttled, pacing(job));
		this.throttled.classList.toggle("calm", job.progress.throttledUntil === null);
		say(this.problem, trouble || jobError(job));
	}

	/** @param {string} id */
	cell(id) {
		const cell = div(`@job-${id}`, h("b"), h("span"));
		this.cells.set(id, cell);
		this.facts.append(cell);
		return cell;
	}
}

/** @param {HTMLElement} line @param {string} words */
function say(line, words) {
	line.hidden = words === "";
	setText(line, words);
}

/** By which connection a job is watched, once that is known. @param {HTMLElement} element @param {JobWatch} watch */
export function showConnection(element, watch) {
	setText(element, connectionWord(watch));
	element.dataset.kind = watch.connection;
}

/** @param {Failure[]} failures */
export function failureList(failures) {
	const items = failures.map(({ key, line, detail, code, attempts }) => {
		const where = typeof line === "number" ? `line ${line}: ` : "";
		const tries = attempts > 1 ? ` (${counted(attempts, "attempt")})` : "";
		return h("li", "@failure", h("bdi", "mono", marked(key)), h("span", {}, where, detail || code, tries));
	});
	return h("ul", {}, items);
}
