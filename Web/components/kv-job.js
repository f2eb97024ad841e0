import {api, isAbort, reason} from "../lib/api.js"
import {catalog, storeLabel} from "../lib/catalog.js"
import {
	button,
	div,
	fill,
	h,
	icon,
	loading,
	setText,
	setTitle,
	span,
	textButton,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {capitalized, counted, exact, instant, local, person, size, timeOfDay, visible} from "../lib/format.js"
import {watching} from "../lib/followed.js"
import {deleteJob, failuresFile, JobActs} from "../lib/job-acts.js"
import {isEnded} from "../lib/job-watch.js"
import {
	failureList,
	fileLink,
	JobFigures,
	jobSummary,
	jobTitle,
	originLink,
	showConnection,
	stateChip,
	targetOf,
	timeTaken,
	titleOf
} from "../lib/job-words.js"
import {copyText} from "../lib/popups.js"
import {jobAt, keysAt, router} from "../lib/router.js"
import {complain, View} from "../lib/view.js"

export class KvJob extends View {
	jobID = ""
	/** @type {API.Job | null} */
	job = null
	/** @type {API.JobFailure[]} */
	failures = []
	name = span({})
	heading = viewHeading(h("a", {href: "/jobs", class: "crumb"}, "Jobs"), span("slash", "/"), this.name)
	tools = span("tools")
	file = span({})
	deletion = button("Delete record…", () => this.deleteIt(), "quiet danger @job-delete")
	/** @type {JobActs | null} */
	acts = null
	words = h("h2", "job-words @job-title")
	connection = span("connection @job-connection")
	figures = new JobFigures()
	facts = h("dl", "facts-list")
	events = h("ol", "timeline @timeline")
	failed = h("section", {class: "job-part", testid: "failures", hidden: true})
	body = div("scroll job-page")

	/** @override */
	connected() {
		this.className = "view"
		setTitle("Job")
		this.on(catalog, "change", () => this.job && this.render(this.job))
		fill(this, viewHead(this.heading, this.tools), this.body)
	}

	/** @param {Route} route */
	show({id}) {
		if (this.jobID === id) return
		this.jobID = id
		this.fetch()
	}

	fetch() {
		this.job = null
		fill(this.body, loading())
		return this.load(this.body, async () => {
			const job = await api.job(this.jobID, {}, this.signal)
			this.build(job)
			if (job.progress.failed > 0) await this.loadFailures(null)
		}, () => this.fetch())
	}

	/** @param {API.Job} job */
	build(job) {
		const part = (title = "", /** @type {Element} */ content) =>
			h("section", "job-part", h("h2", {}, title), content)
		const progress = h("section", "job-part", div("job-top", this.words, this.connection), this.figures.element)
		const columns = div("job-columns", part("Facts", this.facts), part("Timeline", this.events))
		fill(this.body, progress, columns, this.failed)
		const {watch, release} = watching(job)
		this.acts = new JobActs(watch)
		this.on(this.signal, "abort", release)
		fill(this.tools, this.file, this.acts.buttons, this.deletion)
		this.render(job)
		if (isEnded(job)) return
		this.on(watch, "change", () => {
			showConnection(this.connection, watch)
			if (watch.connection === "closed") setText(this.connection, "")
			this.render(watch.job, watch.error)
		})
		this.on(watch, "ended", () => watch.job.progress.failed && this.loadFailures(null))
	}

	/** @param {API.Job} job @param {string | null} [trouble] */
	render(job, trouble) {
		const summary = jobSummary(job), before = this.job
		this.job = job
		setTitle(summary)
		setText(this.name, summary)
		setText(this.words, jobTitle(job))
		this.figures.render(job, trouble)
		fill(this.facts, factsOf(job))
		this.acts?.render()
		this.deletion.hidden = !isEnded(job)
		if (before?.state !== job.state) this.loadEvents()
		if (before && isEnded(before) === isEnded(job)) return
		const file = fileLink(job, "Download", "button primary")
		file?.prepend(icon("down"))
		fill(this.file, file)
	}

	deleteIt() {
		return this.job && deleteJob(this.job).then((gone) => gone && router.go("/jobs"))
	}

	async loadEvents() {
		try {
			const {events} = await api.jobEvents(this.jobID, this.signal)
			const lines = events.map((event) => {
				const time = instant(event.at) ?? 0
				const when = h("time", {datetime: event.at, title: exact(time)}, timeOfDay(time))
				return h("li", {}, when, h("span", {}, wordsOf(event)))
			})
			fill(this.events, lines)
		} catch (error) {
			if (!isAbort(error)) fill(this.events, h("li", {}, reason(error)))
		}
	}

	/** @param {string | null} cursor of the page that is asked for */
	async loadFailures(cursor) {
		try {
			const page = await api.jobFailures(this.jobID, {limit: 100, cursor}, this.signal)
			this.failures = [...(cursor === null ? [] : this.failures), ...page.failures]
			const more = page.cursor !== null &&
				div("more", button("Load more", () => this.loadFailures(page.cursor), "@more-failures"))
			const title = counted(this.job?.progress.failed ?? this.failures.length, "failure")
			this.failed.hidden = false
			const file = this.job && h("p", {}, failuresFile(this.job))
			fill(this.failed, h("h2", {}, title), file, div("failures", failureList(this.failures)), more)
		} catch (error) {
			complain(error)
		}
	}
}

/** What happened to a job, in words; a notice speaks for itself. @type {Record<string, string>} */
const HAPPENED = {
	progress: "Reached",
	notice: "",
	recovered: "Taken up again",
	throttled: "Held back",
	incomplete: "Ended, not complete"
}

/** @param {API.JobEvent} event */
function wordsOf({type, detail}) {
	const word = HAPPENED[type] ?? capitalized(type)
	return [word, visible(String(detail ?? ""))].filter(Boolean).join(type === "progress" ? " " : ": ")
}

/** @param {JobNamespace} place */
function link(place) {
	const {store = "", namespace = ""} = place
	return h("a", {href: keysAt({store, id: namespace})}, h("bdi", {}, `${storeLabel(store)} / ${titleOf(place)}`))
}

/** @param {string | null} time */
function moment(time) {
	const at = instant(time)
	return at !== null && h("span", {title: exact(at)}, local(at))
}

/** @param {API.Job} job */
function factsOf(job) {
	const {id, target, download, createdBy, undoneBy} = job
	/** @type {[string, Child][]} */
	const facts = [
		["State", stateChip(job)],
		[target ? "From" : "Namespace", link(job)],
		["To", target?.namespace && link(targetOf(job))],
		["Created", moment(job.createdAt)],
		["Started", moment(job.startedAt)],
		["Ended", moment(job.finishedAt)],
		["Took", isEnded(job) && timeTaken(job)],
		["Origin", originLink(job)],
		["Undone", undoneBy && h("a", {class: "link", href: jobAt(undoneBy), testid: "job-undone"}, "By a later job")],
		["By", createdBy && person(createdBy)],
		["File", download && `${download.name}, ${size(download.bytes)}`],
		["ID", textButton(id, () => copyText(id, "ID"), {class: "mono", title: "Copy"})]
	]
	return facts.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])
}

customElements.define("kv-job", KvJob)
