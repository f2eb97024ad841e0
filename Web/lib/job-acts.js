import {api, at} from "./api.js"
import {button, h, setText} from "./dom.js"
import {followed} from "./followed.js"
import {isEnded} from "./job-watch.js"
import {jobTitle} from "./job-words.js"
import {complain} from "./view.js"

/** @param {Question} question */
const ask = async (question) => (await import("./modal.js")).ask(question)

/** The buttons for what a job allows as it stands. They change in place, so that the focus stays. */
export class JobActs {
	/** What was asked for, and in which state: until that changes it is on its way. */
	asked = {verb: "", state: ""}
	retry = button("Retry", () => this.make("retry"), "@job-retry")
	undo = button("Undo", () => this.make("undo"), "@job-undo")
	force = button("Undo these too…", () => this.insist(), "danger @job-force")
	pause = button("", () => this.tell(this.watch.job.state === "paused" ? "resume" : "pause"), "@job-pause")
	cancel = button("", () => this.tell("cancel"), "danger @job-cancel")
	buttons = [this.retry, this.undo, this.force, this.pause, this.cancel]

	/** @param {JobWatch} watch */
	constructor(watch) {
		this.watch = watch
	}

	render() {
		const {kind, state, progress, undoable, undoneBy} = this.watch.job, ended = isEnded(this.watch.job)
		const verb = this.asked.state === state ? this.asked.verb : ""
		this.pause.hidden = ended || state === "queued"
		this.cancel.hidden = ended
		const rest = state === "paused" ? "Resume" : "Pause"
		setText(this.pause, verb === "pause" ? "Pausing…" : verb === "resume" ? "Resuming…" : rest)
		setText(this.cancel, verb === "cancel" ? "Cancelling…" : "Cancel job")
		this.retry.hidden = !ended || progress.failed === 0 && state !== "failed"
		this.undo.hidden = !ended || !undoable
		setText(this.undo, undoneBy ? "Undo again" : "Undo")
		this.force.hidden = kind !== "undo" || state !== "incomplete"
	}

	async tell(verb = "") {
		this.asked = {verb, state: this.watch.job.state}
		this.render()
		await this.watch.tell(verb).catch((error) => {
			this.asked.verb = ""
			this.render()
			complain(error)
		})
	}

	/** @param {string} [id] */
	make(verb = "", id = this.watch.id) {
		return makeJob(id, verb, this.watch.id).catch(complain)
	}

	async insist() {
		const {undoOf} = this.watch.job,
			text = ["What others have changed since is overwritten with what was there."]
		const yes = await ask({title: "Undo these too?", text, action: "Undo them", testid: "force-undo"})
		if (yes && undoOf) this.make("undo?force=true", undoOf)
	}
}

/** Retries or undoes a job; the new one takes the place of the one in sight. @param {string} [seen] */
export async function makeJob(id = "", verb = "", seen = id) {
	await import("../components/kv-dock.js")
	const job = await api.tellJob(id, verb), before = followed.jobs.find((one) => one.id === seen)
	followed.follow(job)
	if (before) followed.dismiss(before)
}

/** Undoes a job that is not in sight. @param {API.Job} job */
export async function undoJob(job) {
	const text = [`${jobTitle(job)}. What it changed is put back; what others have changed since stays as it is.`]
	const question = {title: "Undo this job?", text, action: "Undo it", dangerous: false, testid: "undo-job"}
	if (await ask(question)) await makeJob(job.id, "undo").catch(complain)
}

/** Takes an ended job from the history; whether it is gone. @param {API.Job} job */
export async function deleteJob(job) {
	const gone =
		"Its record, files and failures are deleted, and it can no longer be undone. The keys stay as they are."
	const text = [`${jobTitle(job)}. `, gone]
	if (!(await ask({title: "Delete the record of this job?", text, action: "Delete", testid: "delete-job"}))) {
		return false
	}
	return api.deleteJob(job.id).then(() => true, complain)
}

/** @param {API.Job} job */
export function failuresFile({id}) {
	const given = {
		class: "link",
		href: `${at.job(id)}/failures?format=ndjson`,
		download: true,
		testid: "failures-file"
	}
	return h("a", given, "Download as NDJSON")
}
