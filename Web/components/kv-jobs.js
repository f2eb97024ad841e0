import { api } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { blank, button, div, fill, h, table, viewHead, viewHeading } from "../lib/dom.js";
import { count, exact, instant, relative } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import { jobSummary, stateChip, timeTaken } from "../lib/job-words.js";
import { jobAt } from "../lib/router.js";
import { View } from "../lib/view.js";

const WATCHED_AT_MOST = 6;
const ACTIVE = ["running", "queued", "paused"];
const HEADS = [["State"], ["Job"], ["Keys", "num"], ["Failed", "num"], ["Started", "wide"], ["Took", "num wide"]];

/** All jobs, those that run first; the first few of these are live. */
export class KvJobs extends View {
	/** @type {Map<string, Job>} */
	jobs = new Map();
	/** @type {string | null} */
	cursor = null;
	/** @type {(() => void)[]} */
	releases = [];
	rows = h("tbody");
	body = div("scroll");

	/** @override */
	connected() {
		document.title = "Jobs – KV Manager";
		this.className = "view";
		fill(this, viewHead(viewHeading("Jobs"), button("Refresh", () => this.fetch(), "@refresh")), this.body);
		this.on(catalog, "change", () => this.jobs.size > 0 && this.render());
		this.on(document, "kv-changed", () => this.fetch());
		this.on(this.signal, "abort", () => this.releases.splice(0).forEach((release) => release()));
		this.fetch();
	}

	fetch(more = false) {
		const first = [{ limit: 100 }, ...ACTIVE.map((state) => ({ state, limit: 50 }))];
		return this.load(this.body, async () => {
			const asked = more ? [{ limit: 100, cursor: this.cursor }] : first;
			const pages = await Promise.all(asked.map((filter) => api.jobs(filter, this.signal)));
			if (!more) this.jobs.clear();
			for (const job of pages.flatMap((page) => page.jobs)) this.jobs.set(job.id, job);
			this.cursor = pages[0].cursor;
			this.render();
		}, () => this.fetch());
	}

	render() {
		// What is still wanted is taken before the old is given back, so that no socket is closed and opened again.
		const before = this.releases.splice(0);
		this.build();
		for (const release of before) release();
	}

	build() {
		if (this.jobs.size === 0) {
			const words = "No jobs yet. Bulk deletes, copies, exports and imports are kept here.";
			return fill(this.body, blank("jobs", [words]));
		}
		const jobs = [...this.jobs.values()].sort((a, b) =>
			Number(isEnded(a)) - Number(isEnded(b)) || b.createdAt.localeCompare(a.createdAt)
		);
		const more = this.cursor !== null && div("more", button("Load more", () => this.fetch(true)));
		fill(this.rows, jobs.map(row));
		fill(this.body, table(HEADS, this.rows), more);
		for (const job of jobs.filter((one) => !isEnded(one)).slice(0, WATCHED_AT_MOST)) this.watch(job);
	}

	/** @param {Job} job */
	watch(job) {
		const { watch, release } = watching(job), leaving = new AbortController();
		watch.addEventListener("change", () => {
			this.jobs.set(job.id, watch.job);
			this.rows.querySelector(`[data-id="${CSS.escape(job.id)}"]`)?.replaceWith(row(watch.job));
		}, { signal: leaving.signal });
		this.releases.push(() => {
			leaving.abort();
			release();
		});
	}
}

/** @param {Job} job */
function row(job) {
	const { processed, total, failed, percentage } = job.progress, done = count(processed), summary = jobSummary(job);
	const started = instant(job.startedAt ?? job.createdAt) ?? 0;
	const going = total === null ? `${done} so far` : `${done} of ${count(total)}, ${percentage ?? 0}%`;
	return h(
		"tr",
		{ testid: "job-row", "data-id": job.id },
		h("td", {}, stateChip(job)),
		h("td", "main", h("a", { href: jobAt(job.id) }, h("bdi", { class: "cut", title: summary }, summary))),
		h("td", "num", isEnded(job) ? done : going),
		h("td", failed ? "num bad" : "num", count(failed)),
		h("td", { class: "wide", title: exact(started) }, relative(Math.min(started, Date.now()))),
		h("td", "num wide", timeTaken(job) || "–"),
	);
}

customElements.define("kv-jobs", KvJobs);
