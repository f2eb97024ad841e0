import {JobWatch} from "./job-watch.js"

/** @type {Map<string, { watch: JobWatch, holders: number }>} */
const shared = new Map()

/** The watch of a job, one for all who look in this tab; it starts with the first and stops with the last. @param {Job} job */
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
