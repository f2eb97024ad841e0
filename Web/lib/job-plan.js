import {api, isAbort, reason} from "./api.js"
import {div, fill, h, icon} from "./dom.js"
import {count, counted, duration, marked, size} from "./format.js"
import {settled} from "./view.js"

const NAMES_SHOWN = 5
/** A plan that takes longer than this is no longer waited for. */
const LATE_AFTER = 10_000

/**
 * What a job would do, asked when its dialog opens and when a choice changes it: one question at a time, a newer one takes
 * the place of the one before. `changed` is told of every turn.
 */
export class JobPlan {
	/** @type {API.JobPlan | null} */
	plan = null
	waiting = true
	asked = ""
	asking = new AbortController()
	facts = div({class: "plan", testid: "plan", role: "status"}, "Planning…")
	names = h("ul", {class: "sample mono", hidden: true})
	leaving = new AbortController()
	soon = settled(250, () => this.fetch(), this.leaving.signal)
	late = settled(
		LATE_AFTER,
		() => this.waiting && this.settle("The plan takes long; it can be started without."),
		this.leaving.signal
	)
	/** @type {object | null} */
	job = null

	/** @param {Act} changed @param {() => boolean} costs whether requests cost something @param {boolean} changes whether anything will be another */
	constructor(changed, costs, changes) {
		this.changed = changed
		this.costs = costs
		this.changes = changes
	}

	/** For the job as it is chosen now; null while something is missing. @param {object | null} job */
	ask(job) {
		const asked = JSON.stringify(job)
		if (asked === this.asked) return
		const first = this.asked === ""
		Object.assign(this, {job, asked, plan: null, waiting: job !== null})
		this.asking.abort()
		if (job === null) return this.settle("")
		this.facts.ariaBusy = "true"
		if (first) this.fetch()
		else this.soon()
		this.late()
	}

	async fetch() {
		if (this.job === null) return
		const {signal} = this.asking = new AbortController()
		try {
			const plan = await api.planJob(this.job, signal)
			if (signal.aborted) return
			Object.assign(this, {plan, waiting: false})
			this.show(plan)
		} catch (error) {
			if (!isAbort(error)) this.settle(`There is no plan: ${reason(error)}`)
		}
	}

	/** There is no plan, or not in time. */
	settle(words = "") {
		if (this.plan) return
		this.waiting = false
		this.facts.ariaBusy = null
		fill(this.facts, words)
		this.changed()
	}

	/** @param {API.JobPlan} plan */
	show({keys, complete, requests, seconds, bytes, sample, warnings, undoable}) {
		this.facts.ariaBusy = null
		const facts = [
			`${complete ? "" : "at least "}${counted(keys)}`,
			seconds > 1 ? `takes about ${duration(seconds)}` : "takes a moment",
			this.costs() && counted(requests, "request"),
			typeof bytes === "number" && size(bytes)
		]
		const undo = this.changes && (undoable ? " It can be undone." : " It cannot be undone.")
		const told = warnings.map(({detail, code}) => h("p", "notice @plan-warning", icon("alert"), detail || code))
		fill(this.facts, h("p", {}, h("b", {}, facts.filter(Boolean).join(" · ")), undo && ".", undo), told)
		this.list(sample, complete ? keys : null)
		this.changed()
	}

	/** The first of the keys by name, so that one sees what one does. @param {string[]} names @param {number | null} all */
	list(names, all) {
		const shown = names.slice(0, NAMES_SHOWN).map((name) => h("li", {}, h("bdi", {}, marked(name))))
		const rest = all === null ? "and more" : all > shown.length && `and ${count(all - shown.length)} more`
		this.names.hidden = shown.length === 0
		fill(this.names, shown, rest && h("li", "muted", rest))
	}

	stop() {
		this.leaving.abort()
		this.asking.abort()
	}
}
