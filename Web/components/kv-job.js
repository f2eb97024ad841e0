import { api, isAbort, reason } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import {
	button,
	copyText,
	div,
	fill,
	h,
	icon,
	loading,
	setText,
	span,
	textButton,
	viewHead,
	viewHeading,
} from "../lib/dom.js";
import { counted, exact, instant, local, size, timeOfDay, visible } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import {
	capitalized,
	failureList,
	fileLink,
	JobFigures,
	jobSummary,
	jobTitle,
	showConnection,
	stateChip,
	targetOf,
	timeTaken,
	titleOf,
} from "../lib/job-words.js";
import { keysAt } from "../lib/router.js";
import { complain, View } from "../lib/view.js";

export class KvJob extends View {
	jobID = "";
	/** @type {Job | null} */
	job = null;
	/** @type {Failure[]} */
	failures = [];
	name = span({});
	heading = viewHeading(h("a", { href: "/jobs", class: "crumb" }, "Jobs"), span("slash", "/"), this.name);
	tools = span("tools");
	words = h("p", "job-words @job-title");
	connection = span("connection @job-connection");
	figures = new JobFigures();
	facts = h("dl", "facts-list");
	events = h("ol", "timeline @timeline");
	failed = h("section", { class: "job-part", testid: "failures", hidden: true });
	body = div("scroll job-page");

	/** @override */
	connected() {
		this.className = "view";
		document.title = "Job – KV Manager";
		this.on(catalog, "change", () => this.job && this.render(this.job));
		fill(this, viewHead(this.heading, this.tools), this.body);
	}

	/** @param {Route} route */
	show({ id }) {
		if (this.jobID === id) return;
		this.jobID = id;
		this.fetch();
	}

	fetch() {
		fill(this.body, loading());
		return this.load(this.body, async () => {
			const job = await api.job(this.jobID, {}, this.signal);
			this.build(job);
			await Promise.all([this.loadEvents(), job.progress.failed > 0 && this.loadFailures(null)]);
		}, () => this.fetch());
	}

	/** @param {Job} job */
	build(job) {
		const part = (/** @type {string} */ title, /** @type {Element} */ content) =>
			h("section", "job-part", h("h2", {}, title), content);
		const progress = h("section", "job-part", div("job-top", this.words, this.connection), this.figures.element);
		const columns = div("job-columns", part("Facts", this.facts), part("Timeline", this.events));
		fill(this.body, progress, columns, this.failed);
		this.render(job);
		if (isEnded(job)) return;
		const { watch, release } = watching(job);
		this.on(this.signal, "abort", release);
		this.on(watch, "change", () => {
			showConnection(this.connection, watch);
			if (watch.connection === "closed") setText(this.connection, "");
			this.render(watch.job, watch.error);
		});
		this.on(watch, "ended", () => {
			this.loadEvents();
			if (watch.job.progress.failed) this.loadFailures(null);
		});
	}

	/** @param {Job} job @param {string | null} [trouble] */
	render(job, trouble) {
		const summary = jobSummary(job), before = this.job;
		this.job = job;
		document.title = `${summary} – KV Manager`;
		setText(this.name, summary);
		setText(this.words, jobTitle(job));
		this.figures.render(job, trouble);
		fill(this.facts, factsOf(job));
		if (before && isEnded(before) === isEnded(job)) return;
		const file = fileLink(job, "Download", "button primary");
		file?.prepend(icon("down"));
		fill(this.tools, isEnded(job) ? file : button("Cancel", () => this.cancel(), "danger @job-cancel"));
	}

	cancel() {
		api.cancelJob(this.jobID).then((job) => this.render(job)).catch(complain);
	}

	async loadEvents() {
		try {
			const { events } = await api.jobEvents(this.jobID, this.signal);
			const lines = events.map(({ at, type, detail }) => {
				const time = instant(at) ?? 0;
				const when = h("time", { datetime: at, title: exact(time) }, timeOfDay(time));
				return h("li", {}, when, h("span", {}, wordsOf(type, detail)));
			});
			fill(this.events, lines);
		} catch (error) {
			if (!isAbort(error)) fill(this.events, h("li", {}, reason(error)));
		}
	}

	/** @param {string | null} cursor of the page that is asked for */
	async loadFailures(cursor) {
		try {
			const page = await api.jobFailures(this.jobID, { limit: 100, cursor }, this.signal);
			this.failures = [...(cursor === null ? [] : this.failures), ...page.failures];
			const more = page.cursor !== null &&
				div("more", button("Load more", () => this.loadFailures(page.cursor), "@more-failures"));
			const title = counted(this.job?.progress.failed ?? this.failures.length, "failure");
			this.failed.hidden = false;
			fill(this.failed, h("h2", {}, title), div("failures", failureList(this.failures)), more);
		} catch (error) {
			complain(error);
		}
	}
}

/** @param {string} type @param {unknown} detail */
function wordsOf(type, detail) {
	const word = capitalized(type).replaceAll("_", " ");
	if (detail === null || detail === undefined || detail === "") return word;
	return `${word}: ${visible(typeof detail === "object" ? JSON.stringify(detail) : String(detail))}`;
}

/** @param {JobTarget} place */
function link(place) {
	const { store = "", namespace = "" } = place;
	return h("a", { href: keysAt({ store, id: namespace }) }, h("bdi", {}, `${store} / ${titleOf(place)}`));
}

/** @param {string | null} time */
function moment(time) {
	const at = instant(time);
	return at !== null && h("span", { title: exact(at) }, local(at));
}

/** @param {Job} job */
function factsOf(job) {
	const { id, kind, target, download, createdBy } = job;
	/** @type {[string, Child][]} */
	const facts = [
		["State", stateChip(job)],
		[kind === "import" ? "Into" : "From", link(job)],
		["To", target?.namespace && link(targetOf(job))],
		["Created", moment(job.createdAt)],
		["Started", moment(job.startedAt)],
		["Ended", moment(job.finishedAt)],
		["Took", isEnded(job) && timeTaken(job)],
		["By", createdBy && visible(createdBy)],
		["File", download && `${download.name}, ${size(download.bytes)}`],
		["ID", textButton(id, () => copyText(id, "ID"), { class: "mono", title: "Copy" })],
	];
	return facts.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

customElements.define("kv-job", KvJob);
