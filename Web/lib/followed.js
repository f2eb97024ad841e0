import {api} from "./api.js"
import {catalog, changedIn} from "./catalog.js"
import {isEnded, JobWatch} from "./job-watch.js"
import {fileLink, jobTitle} from "./job-words.js"
import {speak} from "./popups.js"
import {keep, kept, Source} from "./view.js"

const KEPT_UNDER = "followed-jobs"

/** @type {Map<string, { watch: JobWatch, holders: number }>} */
const shared = new Map()

/** The watch of a job, one for all who look in this tab; it starts with the first and stops with the last. @param {API.Job} job */
export function watching(job) {
	const {id} = job, held = shared.get(id) ?? {watch: new JobWatch(job), holders: 0}
	shared.set(id, held)
	held.holders += 1
	let holding = true
	queueMicrotask(() => held.holders > 0 && held.watch.start())
	const release = () => {
		if (!holding) return
		holding = false
		held.holders -= 1
		if (held.holders > 0) return
		held.watch.stop()
		shared.delete(id)
	}
	return {watch: held.watch, release}
}

/**
 * The jobs that this tab keeps in sight, in the dialog or in the dock. Changes when one comes, goes or moves, and tells the
 * document of it (`kv-followed`); the watches themselves tell of progress.
 */
class FollowedJobs extends Source {
	/** @type {Followed[]} */
	jobs = []

	get inDialog() {
		return this.jobs.find((one) => one.inDialog) ?? null
	}

	get inDock() {
		return this.jobs.filter((one) => !one.inDialog)
	}

	async resume() {
		for (const id of kept("sessionStorage", KEPT_UNDER)?.split(" ") ?? []) {
			const job = await api.job(id).catch(() => null)
			if (job) this.add(job, false)
		}
	}

	/** A start of one job, and of no second one however often it is tried; `before` its dialog opens. */
	once(/** @type {() => unknown} */ before = () => {}) {
		const idempotencyKey = randomID()
		return async (/** @type {object} */ asked) => {
			const job = await api.startJob(asked, idempotencyKey)
			await before()
			return this.follow(job)
		}
	}

	/** @param {API.Job} job */
	follow(job) {
		const one = this.jobs.find(({id}) => id === job.id) ?? this.add(job, true)
		this.show(one)
		speak(jobTitle(job))
		return one
	}

	/** @param {API.Job} job */
	add(job, inDialog = false) {
		const followed = {id: job.id, ...watching(job), inDialog, milestone: 0}, {watch} = followed
		watch.addEventListener("change", () => this.progressed(followed))
		watch.addEventListener("ended", () => this.ended(followed))
		this.jobs.push(followed)
		this.changed()
		return followed
	}

	/** @param {Followed} [followed] */
	show(followed) {
		for (const one of this.jobs) one.inDialog = one === followed
		this.changed()
	}

	/** @param {Followed} followed */
	dismiss(followed) {
		this.jobs = this.jobs.filter((one) => one !== followed)
		followed.release()
		this.changed()
	}

	/** @param {Followed} followed */
	progressed(followed) {
		const percentage = followed.watch.job?.progress.percentage ?? 0
		const milestone = Math.floor(percentage / 25) * 25
		if (milestone <= followed.milestone || milestone >= 100) return
		followed.milestone = milestone
		speak(`${milestone} percent`)
	}

	/** @param {Followed} followed */
	ended(followed) {
		const job = followed.watch.job
		if (!job || !this.jobs.includes(followed)) return
		speak(jobTitle(job))
		fetchFile(job)
		this.remember()
		if (job.kind === "export") return
		changedIn(job.namespace, job.target?.namespace)
		catalog.refresh()
	}

	remember() {
		const running = this.jobs.filter(({watch}) => !watch.job || !isEnded(watch.job)).map((one) => one.id)
		keep("sessionStorage", KEPT_UNDER, running.join(" "))
	}

	/** @override */
	changed() {
		this.remember()
		super.changed()
		document.dispatchEvent(new CustomEvent("kv-followed", {detail: this.jobs.length}))
	}
}

/** `crypto.randomUUID` is missing outside secure contexts. */
const randomID = () => crypto.getRandomValues(new Uint32Array(4)).join("-")

/** Downloads what a job has made, once. @param {API.Job} job */
function fetchFile(job) {
	const link = fileLink(job, ""), once = `fetched-${job.id}`
	if (!link || kept("sessionStorage", once)) return
	keep("sessionStorage", once, "1")
	link.hidden = true
	document.body.append(link)
	link.click()
	link.remove()
}

export const followed = new FollowedJobs()
