/** @import { Failure, Job, Route } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { blank, button, div, failure, fill, h, icon, setText, span, toast, viewHead, viewHeading } from "../lib/dom.js";
import { counted, exact, instant, timeOfDay } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import { capitalized, connectionWord, jobSummary, jobTitle } from "../lib/job-words.js";
import { visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";
import { View } from "../lib/view.js";
import { failureList } from "./failure-list.js";
import { factsOf } from "./job-facts.js";
import { JobFigures } from "./job-figures.js";

export class KvJob extends View {
	jobID = "";
	/** @type {Job | null} */
	job = null;
	/** @type {Failure[]} */
	failures = [];
	name = span("");
	heading = viewHeading(h("a", { href: href.jobs(), class: "crumb" }, "Jobs"), span("slash", "/"), this.name);
	tools = span("tools");
	words = h("p", { class: "job-words", testid: "job-title" });
	connection = h("span", { class: "connection", testid: "job-connection" });
	figures = new JobFigures();
	facts = h("dl", "facts-list");
	events = h("ol", { class: "timeline", testid: "timeline" });
	failed = h("section", { class: "job-part", testid: "failures", hidden: true });
	body = div("scroll job-page");

	/** @override */
	connected() {
		this.className = "view";
		document.title = "Job – KV Manager";
		catalog.addEventListener("change", () => this.job && this.render(this.job), { signal: this.signal });
		fill(this, viewHead(this.heading, this.tools), this.body);
	}

	/** @param {Route} route */
	show(route) {
		if (this.jobID === route.job) return;
		this.jobID = route.job;
		this.load();
	}

	load() {
		fill(this.body, blank("", ["Loading…"]));
		return whileBusy(async () => {
			try {
				const job = await api.job(this.jobID, {}, this.signal);
				this.build(job);
				await Promise.all([this.loadEvents(), job.progress.failed > 0 && this.loadFailures(null)]);
			} catch (error) {
				if (!isAbort(error)) fill(this.body, failure(reason(error), () => this.load()));
			}
		});
	}

	/** @param {Job} job */
	build(job) {
		const part = (/** @type {string} */ title, /** @type {Element} */ content) =>
			h("section", "job-part", h("h2", {}, title), content);
		const progress = h("section", "job-part", div("job-top", this.words, this.connection), this.figures.element);
		fill(
			this.body,
			progress,
			div("job-columns", part("Facts", this.facts), part("Timeline", this.events)),
			this.failed,
		);
		this.render(job);
		if (isEnded(job)) return;
		const { watch, release } = watching(job.id, job), { signal } = this;
		signal.addEventListener("abort", release);
		watch.addEventListener("change", () => {
			setText(this.connection, watch.connection === "closed" ? "" : connectionWord(watch));
			this.connection.dataset.kind = watch.connection;
			if (watch.job) this.render(watch.job, watch.error ?? "");
		}, { signal });
		watch.addEventListener("ended", () => {
			this.loadEvents();
			if (watch.job?.progress.failed) this.loadFailures(null);
		}, { signal });
	}

	/** @param {Job} job @param {string} [trouble] */
	render(job, trouble) {
		const summary = jobSummary(job), before = this.job;
		this.job = job;
		document.title = `${summary} – KV Manager`;
		setText(this.name, summary);
		setText(this.words, jobTitle(job));
		this.figures.render(job, trouble);
		fill(this.facts, factsOf(job));
		if (before && isEnded(before) === isEnded(job)) return;
		const { download } = job;
		const fetch = download &&
			h(
				"a",
				{ class: "button primary", href: download.url, download: download.name, testid: "job-download" },
				icon("down"),
				"Download",
			);
		fill(
			this.tools,
			isEnded(job) ? fetch : button("Cancel", () => this.cancel(), { kind: "danger", testid: "job-cancel" }),
		);
	}

	async cancel() {
		try {
			this.render(await api.cancelJob(this.jobID));
		} catch (error) {
			toast(reason(error), "bad");
		}
	}

	async loadEvents() {
		try {
			const { events } = await api.jobEvents(this.jobID, this.signal);
			fill(
				this.events,
				events.map(({ at, type, detail }) => {
					const time = instant(at) ?? 0;
					return h(
						"li",
						{},
						h("time", { datetime: at, title: exact(time) }, timeOfDay(time)),
						h("span", {}, wordsOf(type, detail)),
					);
				}),
			);
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
				button("Load more", () => this.loadFailures(page.cursor), { testid: "more-failures" });
			const title = counted(this.job?.progress.failed ?? this.failures.length, "failure");
			this.failed.hidden = false;
			fill(
				this.failed,
				h("h2", {}, title),
				div("failures", failureList(this.failures)),
				more && div("more", more),
			);
		} catch (error) {
			if (!isAbort(error)) toast(reason(error), "bad");
		}
	}
}

/** @param {string} type @param {unknown} detail */
function wordsOf(type, detail) {
	const word = capitalized(type).replaceAll("_", " ");
	if (detail === null || detail === undefined || detail === "") return word;
	return `${word}: ${visible(typeof detail === "object" ? JSON.stringify(detail) : String(detail))}`;
}

customElements.define("kv-job", KvJob);
