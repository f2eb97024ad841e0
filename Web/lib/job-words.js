import {at} from "./api.js"
import {catalog, quotaWords} from "./catalog.js"
import {div, fill, h, icon, setText, span} from "./dom.js"
import {
	capitalized,
	count,
	counted,
	duration,
	instant,
	marked,
	oneLine,
	relative,
	size,
	timeOfDay,
	visible
} from "./format.js"
import {isEnded} from "./job-watch.js"
import {jobAt} from "./router.js"

/** @type {Record<string, string[]>} */
const VERBS = {
	delete: ["Deleting", "Deleted", "deleted"],
	copy: ["Copying", "Copied", "copied"],
	move: ["Moving", "Moved", "moved"],
	export: ["Exporting", "Exported", "exported"],
	import: ["Importing", "Imported", "imported"],
	rename: ["Renaming", "Renamed", "renamed"],
	expire: ["Setting the expiration of", "Set the expiration of", "given their expiration"],
	tag: ["Tagging", "Tagged", "tagged"],
	undo: ["Undoing changes to", "Undid changes to", "undone"]
}

export const KINDS = Object.keys(VERBS).sort()

/** The namespace that a job works on, or goes to. @param {JobNamespace} place */
export function titleOf({store = "", namespace = "", namespaceTitle}) {
	return visible(namespaceTitle || catalog.namespace({store, id: namespace})?.title || namespace)
}

/** Where a job goes to; where it does not say the store, it is its own. @param {API.Job} job */
export const targetOf = ({store, target}) => ({store, ...target})

const INSIDE = new Set(["rename", "expire", "tag", "undo"])

/** @param {API.Job} job */
const hasTarget = ({kind}) => kind === "copy" || kind === "move"

/** @param {API.Job} job */
function where(job) {
	if (hasTarget(job)) return `to ${titleOf(targetOf(job))}`
	if (job.kind === "undo" && job.target?.namespace) return `(${titleOf(job)} → ${titleOf(targetOf(job))})`
	return `${job.kind === "import" ? "into" : INSIDE.has(job.kind) ? "in" : "from"} ${titleOf(job)}`
}

/** @param {API.Job} job */
export function jobTitle(job) {
	const {total, processed, succeeded, skipped, failed, missing} = job.progress
	const [doing, done, could] = VERBS[job.kind] ?? [`Running ${job.kind} of`, `Ran ${job.kind} of`, "done"]
	const keys = total === null ? "keys" : counted(total)
	const found = missing ? ` (${count(processed - missing)} of ${counted(processed)} existed)` : ""
	switch (job.state) {
		case "completed":
			return `${done} ${counted(succeeded)} ${where(job)}${skipped ? `, skipped ${count(skipped)}${found}` : ""}`
		case "incomplete":
			return `${count(failed)} of ${counted(total ?? processed)} could not be ${could}`
		case "failed":
			return `${doing} ${keys} ${where(job)} failed`
		case "cancelled":
			return `Cancelled after ${count(processed)}${total === null ? "" : ` of ${count(total)}`} keys`
		default:
			return `${doing} ${keys} ${where(job)}`
	}
}

/** "Copy a to b". @param {API.Job} job */
export function jobSummary(job) {
	return `${capitalized(job.kind)} ${hasTarget(job) ? `${titleOf(job)} ` : ""}${where(job)}`
}

/** @type {Record<string, string>} */
const CONNECTIONS = {
	websocket: "WebSocket",
	reconnecting: "Reconnecting",
	polling: "Polling",
	lost: "Connection lost",
	closed: "Ended"
}

/** The kind of connection in words; after the end, the one that brought the news of it. @param {JobWatch} watch */
export function connectionWord({connection, via}) {
	return CONNECTIONS[connection === "closed" && via !== "idle" ? via : connection] ?? "Connecting"
}

/** @type {Record<string, { sign: string, mood: string }>} */
export const STATES = {
	queued: {sign: "clock", mood: ""},
	running: {sign: "run", mood: "busy"},
	paused: {sign: "pause", mood: "warn"},
	completed: {sign: "check", mood: "good"},
	incomplete: {sign: "alert", mood: "warn"},
	failed: {sign: "alert", mood: "bad"},
	cancelled: {sign: "stop", mood: ""}
}

/** @param {API.Job} job */
export function stateChip({state}) {
	const {sign, mood} = STATES[state]
	return span({class: "state", "data-mood": mood, testid: "state"}, icon(sign), capitalized(state))
}

/** @param {API.Job} job */
export function timeTaken(job) {
	const start = instant(job.startedAt), end = instant(job.finishedAt) ?? Date.now()
	return start === null ? "" : duration((end - start) / 1000)
}

/** How far it is, and in percent. Failed keys count as processed while the job runs, but not at its end. @param {API.Job} job */
function doneOf(job) {
	const {total, percentage, processed, failed} = job.progress, ended = isEnded(job)
	const done = ended ? processed - failed : processed
	return {done, share: ended && total ? Math.floor(done * 100 / total) : percentage}
}

/** What stands under the bar: a name, the figure, and what it is of. Always six, which fill their rows. @param {API.Job} job */
function figures(job) {
	const {total, failed, skipped, requests, ...p} = job.progress, ended = isEnded(job), {done, share} = doneOf(job)
	const left = p.etaSeconds !== null && `${duration(Math.max(1, p.etaSeconds))} left`
	return [
		total === null
			? ["share", count(done), ended ? "keys" : "keys so far"]
			: ["share", `${share ?? 0}%`, `${count(done)} of ${count(total)}`],
		ended
			? ["bytes", size(p.bytes), "of values"]
			: ["rate", p.ratePerSecond ? `${count(Math.round(p.ratePerSecond))}/s` : "–", left || "rate"],
		["taken", timeTaken(job) || "–", ended ? "taken" : "elapsed"],
		[failed ? "failed bad" : "failed", count(failed), "failed"],
		["skipped", count(skipped), "skipped"],
		["requests", count(requests), requests === 1 ? "request" : "requests"]
	]
}

/** A job's bar: what is done of it, and behind that what failed. */
export class Meter {
	done = h("i")
	failed = h("i", "bad")

	/** @param {Attributes} [given] */
	constructor(given) {
		this.element = span({class: "meter", ...given}, this.done, this.failed)
	}

	/** @param {API.Job} job */
	render(job) {
		const {total, processed, failed} = job.progress, whole = total ?? processed
		const unknown = total === null && !isEnded(job)
		this.element.classList.toggle("unknown", unknown)
		this.element.dataset.state = job.state
		this.done.style.width = unknown ? "" : `${whole ? (processed - failed) * 100 / whole : 100}%`
		this.failed.style.width = `${failed * 100 / whole}%`
		this.failed.hidden = unknown || !failed
	}
}

/** Said of a job that checks its file or waits: for room on the disk, or for a quota; empty otherwise. @param {API.Job} job */
export function pacing(job) {
	const {checking, notice} = job.progress
	if (job.newerVersion) return "A newer version of KV Manager created this job. Start that version to run it."
	if (isEnded(job)) return ""
	if (notice) return notice
	if (checking) {
		return `Checking the file before anything is written: ${size(checking.bytes)} of ${size(checking.totalBytes)}.`
	}
	if (job.state === "paused") return "Paused. Resume to continue."
	const until = instant(job.progress.throttledUntil)
	if (until === null) {
		const pace = (catalog.shelf(job.store) ?? catalog.shelf(job.target?.store ?? ""))?.pace
		return pace ? `Paced within ${quotaWords(pace)}, 10 % kept free for people.` : ""
	}
	return `The store's quota is used up: waiting until ${timeOfDay(until)} (${relative(until)}).`
}

/** @param {API.Job} job @param {string} words */
export function fileLink({id, download}, words, kind = "") {
	if (!download) return null
	const given = {class: kind, href: `${at.job(id)}/download`, download: download.name, testid: "job-download"}
	return h("a", given, words)
}

/** A job's bar, its figures, the key at hand and what is the matter with it. */
export class JobFigures {
	meter = new Meter({role: "progressbar", "aria-label": "Progress", testid: "job-bar"})
	facts = div("facts")
	now = div("now @job-key")
	throttled = h("p", {class: "notice", testid: "job-throttled", hidden: true})
	problem = h("p", {class: "problem", testid: "job-error", hidden: true})
	element = div("job-figures", this.meter.element, this.facts, this.now, this.throttled, this.problem)
	key = ""

	/** @param {API.Job} job @param {string | null} [trouble] with the connection */
	render(job, trouble) {
		const {currentKey} = job.progress, ended = isEnded(job), {share} = doneOf(job)
		this.meter.render(job)
		this.meter.element.ariaValueNow = share === null ? null : String(share)
		const facts = figures(job).map(([name, figure, words]) => {
			const [id, kind = ""] = name.split(" ")
			return div(`${kind} @job-${id}`, h("b", {}, figure), h("span", {}, words))
		})
		fill(this.facts, facts)
		const key = ended ? "" : currentKey ?? ""
		this.now.hidden = ended
		if (key !== this.key) this.now.replaceChildren(oneLine(key))
		this.key = key
		say(this.throttled, pacing(job))
		this.throttled.classList.toggle("calm", job.progress.throttledUntil === null && !job.progress.notice)
		say(this.problem, trouble || (job.error?.detail ?? ""))
	}
}

/** @param {HTMLElement} line */
function say(line, words = "") {
	line.hidden = words === ""
	setText(line, words)
}

/** By which connection a job is watched, once that is known. @param {HTMLElement} element @param {JobWatch} watch */
export function showConnection(element, watch) {
	setText(element, connectionWord(watch))
	element.dataset.kind = watch.connection
}

/** To the job that this one retries or undoes. @param {API.Job} job */
export function originLink({retryOf, undoOf}) {
	const id = retryOf ?? undoOf, words = retryOf ? "Retry of an earlier job" : "Undo of an earlier job"
	return id && h("a", {class: "link", href: jobAt(id), testid: "job-origin"}, words)
}

/** @param {API.JobFailure[]} failures */
export function failureList(failures) {
	const items = failures.map(({key, line, detail, attempts}) => {
		const where = typeof line === "number" ? `line ${line}: ` : ""
		const tries = attempts > 1 ? ` (${counted(attempts, "attempt")})` : ""
		return h(
			"li",
			"@failure",
			h("bdi", {class: "mono", title: visible(key ?? "")}, marked(key ?? "")),
			h("span", {}, where, detail, tries)
		)
	})
	return h("ul", {}, items)
}
