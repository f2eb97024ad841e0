import {api, isAbort, reason} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {button, div, fill, h, icon, iconButton, setText, span} from "../lib/dom.js"
import {followed} from "../lib/followed.js"
import {capitalized, size} from "../lib/format.js"
import {failuresFile, JobActs} from "../lib/job-acts.js"
import {isEnded} from "../lib/job-watch.js"
import {
	connectionWord,
	failureList,
	fileLink,
	JobFigures,
	jobTitle,
	Meter,
	originLink,
	showConnection,
	STATES
} from "../lib/job-words.js"
import {openDialog} from "../lib/modal.js"
import {toast} from "../lib/popups.js"
import {jobAt, router} from "../lib/router.js"
import {View} from "../lib/view.js"

const CLOSES_AFTER = 3000
const FAILURES_SHOWN = 5

/** Whether somebody is in a dialog: the pointer moves in it, not merely rests where it opened, or the focus is on a control. */
class Presence {
	/** @type {number[] | null} */
	rest = null
	pointer = false
	focus = false

	/** @param {HTMLElement} element @param {Act} changed @param {AbortSignal} signal */
	constructor(element, changed, signal) {
		const on = (type = "", /** @type {(event: any) => void} */ read) =>
			element.addEventListener(type, (event) => {
				const before = this.inside
				read(event)
				if (this.inside !== before) changed()
			}, {signal})
		on("pointermove", ({target, clientX, clientY}) => {
			const [x, y] = this.rest ??= [clientX, clientY]
			// What lies beneath the dialog counts as the dialog itself.
			this.pointer = target !== element && (this.pointer || Math.abs(clientX - x) + Math.abs(clientY - y) > 2)
		})
		on("pointerleave", () => this.pointer = false)
		on("focusin", ({target}) => this.focus = target.matches("button, a"))
		on("focusout", () => this.focus = false)
	}

	get inside() {
		return this.pointer || this.focus
	}
}

/** The dialog of the one job that is in the foreground. It exists only while there is such a job. */
class JobDialog {
	title = h("h2", {id: "job-title", tabindex: -1, testid: "job-title"})
	connection = span("connection @job-connection")
	state = span("job-state @job-state")
	figures = new JobFigures()
	failures = h("div", {class: "failures", testid: "job-failures", hidden: true})
	note = h("p")
	background = button("Run in background", () => followed.show(), "quiet @job-background")
	again = button("Try again", () => this.followed.watch.again(), {testid: "job-again", hidden: true})
	close = button("Close", () => followed.dismiss(this.followed), {
		class: "primary",
		testid: "job-close",
		hidden: true
	})
	leaving = new AbortController()
	timer = 0
	ended = false

	/** @param {Followed} job */
	constructor(job) {
		this.followed = job
		this.acts = new JobActs(job.watch)
		const foot = div("job-foot", this.background, span("grow"), this.again, this.acts.buttons, this.close)
		const top = div("job-top", this.connection), heading = div({}, this.title, this.state)
		const sheet = div("sheet job-sheet", top, heading, this.figures.element, this.failures, this.note, foot)
		this.element = h("dialog", {testid: "job-dialog", "aria-labelledby": "job-title", "data-job": job.id}, sheet)
		const {signal} = this.leaving
		this.modal = openDialog(this.element, () => this.left())
		this.title.focus({preventScroll: true})
		this.presence = new Presence(this.element, () => this.settle(), signal)
		job.watch.addEventListener("change", () => this.render(), {signal})
		router.addEventListener("change", () => this.modal.close(), {signal})
		fill(this.note, originLink(job.watch.job))
		this.render()
	}

	/** However it closes, a running job goes on in the dock. */
	left() {
		this.leaving.abort()
		clearTimeout(this.timer)
		if (followed.inDialog !== this.followed) return
		if (this.ended) followed.dismiss(this.followed)
		else followed.show()
	}

	render() {
		const {watch} = this.followed, {job} = watch, {state} = job
		showConnection(this.connection, watch)
		this.again.hidden = watch.connection !== "lost"
		setText(this.title, jobTitle(job))
		setText(this.state, capitalized(state))
		this.state.dataset.mood = STATES[state].mood
		this.element.dataset.state = state
		this.figures.render(job, watch.error)
		if (isEnded(job) && !this.ended) this.end(job)
		this.acts.render()
	}

	/** @param {API.Job} job */
	end(job) {
		const {activeElement} = document, {download} = job
		const focus = this.element.contains(activeElement) && activeElement !== this.title
		this.ended = true
		this.background.hidden = this.again.hidden = true
		this.close.hidden = false
		if (focus) this.close.focus()
		if (job.progress.failed > 0) this.listFailures(job)
		if (download) {
			const words = `${download.name}, ${size(download.bytes)}, is being downloaded. `
			fill(this.note, words, fileLink(job, "Download again"))
		}
		this.settle()
	}

	/** Success leaves by itself, unless somebody is in the dialog. */
	settle() {
		clearTimeout(this.timer)
		if (this.followed.watch.job.state !== "completed" || this.presence.inside) return
		this.timer = setTimeout(() => this.leave(), CLOSES_AFTER)
	}

	/** What it said, and the way back to it, stay a while longer. */
	leave() {
		const {job} = this.followed.watch
		followed.dismiss(this.followed)
		toast([
			jobTitle(job),
			". ",
			h("a", {href: jobAt(job.id), class: "link"}, job.undoable ? "Details, undo" : "Details")
		])
	}

	/** @param {API.Job} job */
	async listFailures(job) {
		const page = h("a", {href: jobAt(job.id), testid: "job-all-failures"}, "All failures")
		const all = h("p", {}, page, " · ", failuresFile(job))
		this.failures.hidden = false
		try {
			const {failures} = await api.jobFailures(job.id, {limit: FAILURES_SHOWN}, this.leaving.signal)
			fill(this.failures, failureList(failures), all)
		} catch (error) {
			if (!isAbort(error)) fill(this.failures, h("p", {}, reason(error)), all)
		}
	}
}

/** @type {JobDialog | null} */
let shown = null

followed.addEventListener("change", () => {
	const wanted = followed.inDialog, before = shown
	if (before?.followed === wanted) return
	shown = null
	before?.modal.close()
	if (wanted && followed.inDialog === wanted) shown = new JobDialog(wanted)
})

const LEAVES_AFTER = 6000

class Card {
	title = span("dock-title")
	words = span("muted")
	meter = new Meter()
	sign = span("dock-sign")
	leaving = new AbortController()
	timer = 0

	/** @param {Followed} one */
	constructor(one) {
		this.followed = one
		const on = {click: () => followed.show(one)}
		const given = {type: "button", class: "dock-open", testid: "dock-open", on}
		const open = h("button", given, this.title, this.words, this.meter.element)
		const close = iconButton("close", "Stop watching this job", () => followed.dismiss(one))
		this.element = div({class: "dock-card", testid: "dock-job", "data-job": one.id}, this.sign, open, close)
		const render = () => this.render(), {signal} = this.leaving
		one.watch.addEventListener("change", render, {signal})
		catalog.addEventListener("change", render, {signal})
		this.render()
	}

	render() {
		const {watch} = this.followed, {job, connection} = watch
		const {state} = job, {sign, mood} = STATES[state], {percentage} = job.progress, word = capitalized(state)
		if (this.element.dataset.state !== state) fill(this.sign, icon(sign))
		Object.assign(this.element.dataset, {mood, state})
		setText(this.title, jobTitle(job))
		const progress = percentage === null ? word : `${percentage}%`
		const live = connection === "websocket" ? progress : `${progress}, ${connectionWord(watch)}`
		setText(this.words, isEnded(job) ? word : live)
		this.meter.render(job)
		if (state === "completed") this.timer ||= setTimeout(() => followed.dismiss(this.followed), LEAVES_AFTER)
	}

	leave() {
		clearTimeout(this.timer)
		this.leaving.abort()
		this.element.remove()
	}
}

/** The jobs that run in the background. It comes with the first job; until then its element in the page is nothing. */
class KvDock extends View {
	/** @type {Map<Followed, Card>} */
	cards = new Map()

	/** @override */
	connected() {
		this.on(followed, "change", () => this.render())
	}

	render() {
		const docked = followed.inDock
		for (const [one, card] of this.cards) {
			if (docked.includes(one)) continue
			card.leave()
			this.cards.delete(one)
		}
		for (const one of docked) {
			if (this.cards.has(one)) continue
			const card = new Card(one)
			this.cards.set(one, card)
			this.append(card.element)
		}
		this.hidden = docked.length === 0
	}
}

customElements.define("kv-dock", KvDock)
