import {api} from "../lib/api.js"
import {button, h, iconButton, setText, span} from "../lib/dom.js"
import {count, counted, exact, instant, relative, size, worded} from "../lib/format.js"
import {watching} from "../lib/followed.js"
import {deleteJob, undoJob} from "../lib/job-acts.js"
import {isEnded} from "../lib/job-watch.js"
import {jobSummary, KINDS, stateChip, STATES, timeTaken} from "../lib/job-words.js"
import {DAYS, ListView, NAMESPACE} from "../lib/list-view.js"
import {jobAt} from "../lib/router.js"

const WATCHED_AT_MOST = 6
const ACTIVE = {state: "running,queued,paused", limit: 100}
const HEADS = [["State"], ["Job"], ["Keys", "num"], ["Failed", "num"], ["Started", "wide"], ["Took", "num wide"], [
	"",
	"wide"
]]
const FIELDS = [
	{name: "state", words: "State", options: worded(Object.keys(STATES))},
	{name: "kind", words: "Kind", options: worded(KINDS)},
	{name: "minFailures", words: "Failures", options: [["1", "Some"]]},
	NAMESPACE,
	...DAYS,
	{name: "id", words: "ID begins with"}
]

/** All jobs, those that run first; the first few of these are live. @extends {ListView<API.Job>} */
export class KvJobs extends ListView {
	/** @type {Act[]} */
	releases = []

	constructor() {
		super("Jobs", FIELDS, HEADS, "No jobs yet. Bulk deletes, copies, exports and imports are kept here.")
	}

	/** @override */
	connected() {
		super.connected()
		this.on(document, "kv-changed", () => this.fetch())
		this.on(this.signal, "abort", () => this.releases.splice(0).forEach((release) => release()))
		api.storage(this.signal).then((folder) => setText(this.foot, storageWords(folder)), () => {})
	}

	/** With those that are not at their end, wherever they stand in the list. @override @param {Fields} filter */
	async page(filter) {
		const asked = filter.cursor === null && !this.search ? [filter, ACTIVE] : [filter]
		const pages = await Promise.all(asked.map((one) => api.jobs(one, this.signal)))
		const [{total, totalIsExact, cursor}] = pages
		setText(this.tools, totalIsExact ? counted(total, "job") : `${count(total)}+ jobs`)
		return {items: pages.flatMap((page) => page.jobs), cursor}
	}

	/** @override */
	render() {
		const jobs = [...new Map(this.items.map((job) => [job.id, job])).values()]
		this.items = jobs.sort((a, b) =>
			Number(isEnded(a)) - Number(isEnded(b)) || b.createdAt.localeCompare(a.createdAt)
		)
		super.render()
		// What is still wanted is taken before the old is given back, so that no socket is closed and opened again.
		const before = this.releases.splice(0)
		for (const job of jobs.filter((one) => !isEnded(one)).slice(0, WATCHED_AT_MOST)) this.watch(job)
		for (const release of before) release()
	}

	/** @param {API.Job} job */
	watch(job) {
		const {watch, release} = watching(job), leaving = new AbortController()
		watch.addEventListener("change", () => {
			this.items = this.items.map((one) => one.id === job.id ? watch.job : one)
			this.rows.querySelector(`[data-id="${CSS.escape(job.id)}"]`)?.replaceWith(this.row(watch.job))
		}, {signal: leaving.signal})
		this.releases.push(() => {
			leaving.abort()
			release()
		})
	}

	/** @override @param {API.Job} job */
	row(job) {
		const {processed, total, failed, percentage} = job.progress, done = count(processed), summary = jobSummary(job)
		const started = instant(job.startedAt ?? job.createdAt) ?? 0
		const since = relative(Math.min(started, Date.now()))
		const going = total === null ? `${done} so far` : `${done} of ${count(total)}, ${percentage ?? 0}%`
		return h(
			"tr",
			{testid: "job-row", "data-id": job.id},
			h("td", {}, stateChip(job)),
			h(
				"td",
				"main",
				h("a", {href: jobAt(job.id)}, h("bdi", {class: "cut", title: summary}, summary)),
				span("narrow dim", since)
			),
			h("td", "num", isEnded(job) ? done : going),
			h("td", failed ? "num bad" : "num", count(failed)),
			h("td", {class: "wide", title: exact(started)}, since),
			h("td", "num wide", timeTaken(job) || "–"),
			h("td", "actions wide", isEnded(job) && this.acts(job))
		)
	}

	/** @param {API.Job} job */
	acts(job) {
		const remove = () => deleteJob(job).then((gone) => gone && this.fetch())
		return [
			job.undoable && !job.undoneBy && button("Undo", () => undoJob(job), "quiet @row-undo"),
			iconButton("bin", "Delete the record of this job", remove, "@row-delete")
		]
	}
}

/** @param {API.StorageSize} folder */
function storageWords({bytes, freeBytes, kinds}) {
	const parts = kinds.filter((one) => one.bytes > 0).map((one) => `${one.kind} ${size(one.bytes)}`)
	return `The data folder takes ${size(bytes)} (${parts.join(", ")}). ${size(freeBytes)} are free.`
}

customElements.define("kv-jobs", KvJobs)
