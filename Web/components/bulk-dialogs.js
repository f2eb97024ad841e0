import "./kv-dock.js"
import {api, at, isAbort, query, reason, upload} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {div, fill, h, icon, labelled, select, setText} from "../lib/dom.js"
import {followed} from "../lib/followed.js"
import {capitalized, count, counted, duration, marked, quoted, size} from "../lib/format.js"
import {collisions, FORMATS, PARTS} from "../lib/job-parts.js"
import {modal, titleTyped} from "../lib/modal.js"
import {settled} from "../lib/view.js"

const NAMES_SHOWN = 5
/** A plan that takes longer than this is no longer waited for. */
const LATE_AFTER = 10_000

/**
 * What a job would do, asked when its dialog opens and when a choice changes it: one question at a time, a newer one takes
 * the place of the one before. `changed` is told of every turn.
 */
class JobPlan {
	/** @type {Plan | null} */
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

	/** @param {Plan} plan */
	show({keys, complete, requests, seconds, bytes, sample, warnings, undoable}) {
		this.facts.ariaBusy = null
		const facts = [
			`${complete ? "" : "at least "}${counted(keys)}`,
			seconds > 1 ? `about ${duration(seconds)}` : "a moment",
			this.costs() && counted(requests, "request"),
			typeof bytes === "number" && size(bytes)
		]
		const undo = this.changes && (undoable ? " It can be undone." : " It cannot be undone.")
		const told = warnings.map(({detail, code}) => h("p", "notice @plan-warning", icon("alert"), detail || code))
		fill(this.facts, h("p", {}, h("b", {}, facts.filter(Boolean).join(" · ")), undo), told)
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

/** What a selection holds, in words. @param {JobSelection} selection @param {Maybe<number>} number */
function selectionWords(selection, number) {
	const many = typeof number === "number" ? counted(number) : "All keys"
	return "prefix" in selection ? [`${many} under `, quoted(selection.prefix)] : [many]
}

/**
 * Asks how a bulk job is to be done, shows what it would do, and starts it. What cannot be undone, or takes a whole namespace
 * away, asks for the title to be typed.
 * @type {OpenJob}
 */
export function openJob(kind, namespace, selection, number = null) {
	const {then, fields, how, title, destroys = () => true} = PARTS[kind](namespace, selection)
	const {store, id} = namespace, start = followed.once(), typed = titleTyped()
	const isFar = (name = "") => catalog.shelf(name)?.engine !== "sqlite"
	const whole = "all" in selection && (kind === "delete" || kind === "move")
	const job = () => how() && {kind, store, namespace: id, selection, ...how()}
	const costs = () => isFar(store) || isFar(how()?.target?.store ?? store)
	let update = () => {}
	const plan = new JobPlan(() => update(), costs, destroys !== null)
	const firm = () => whole || (destroys?.() && !(plan.plan ? plan.plan.undoable : plan.waiting || !costs()))
	const label = () => {
		const keys = plan.plan?.complete ? plan.plan.keys : number
		return `${capitalized(kind)} ${keys === null ? "all matching keys" : counted(keys)}`
	}
	if ("keys" in selection) plan.list(selection.keys, selection.keys.length)
	;({update} = modal({
		title: number === null ? `${capitalized(kind)} keys` : label(),
		testid: `${kind}-dialog`,
		action: label(),
		dangerous: kind === "delete",
		body: [
			h("p", {}, ...selectionWords(selection, number), " from ", quoted(namespace.title), then),
			...fields,
			plan.facts,
			plan.names,
			typed.element
		],
		changed(submit) {
			plan.ask(job())
			typed.ask(firm() ? (kind === "copy" && title?.()) || namespace.title : null)
			setText(submit, label())
		},
		missing: () => (plan.waiting ? "the plan" : job() ? typed.missing() : "a choice"),
		onSubmit: () => start(job() ?? {}),
		onClose: () => plan.stop()
	}))
}

/** @param {Namespace} namespace */
export function openImport(namespace) {
	const field = h("input", {type: "file", testid: "import-file"}), collision = collisions()
	const format = select([["auto", "Detect by content"], ...FORMATS], "auto", {testid: "import-format"})
	const words = h("p", {testid: "upload-progress", role: "status", hidden: true})
	const leaving = new AbortController()
	/** @type {Sent} */
	const sent = (bytes, total) => {
		const going = `Uploading ${size(bytes)} of ${size(total)}`
		setText(words, bytes < total ? going : "Uploaded; the server is taking it in…")
	}
	const kinds = ". NDJSON, JSON, CSV and wrangler's bulk format, also compressed with gzip."
	modal({
		title: "Import",
		testid: "import-dialog",
		action: "Import",
		body: [
			h("p", {}, "Into ", quoted(namespace.title), kinds),
			labelled("Choose a file, or drop it on the field", field),
			labelled("Format", format),
			collision.element,
			words
		],
		missing: () => (field.files?.length ? null : "a file"),
		onClose: () => leaving.abort(),
		async onSubmit() {
			const [file] = field.files ?? [], {signal} = leaving
			const how = query({format: format.value, collision: collision.value(), filename: file.name})
			const path = `${at.namespace(namespace)}/import${how}`
			const headers = {"Content-Type": "application/octet-stream"}
			words.hidden = false
			sent(0, file.size)
			try {
				followed.follow(JSON.parse(await upload("POST", path, file, {headers, signal, sent})))
			} catch (error) {
				if (!isAbort(error)) throw error
			} finally {
				words.hidden = true
			}
		}
	})
}
