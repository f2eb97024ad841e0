/** @import { Job } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { blank, button, div, failure, fill, h, icon, table, viewHead, viewHeading } from "../lib/dom.js";
import { count, instant, relative, titleOf } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import { jobSummary, STATES, timeTaken } from "../lib/job-words.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";
import { View } from "../lib/view.js";

const WATCHED_AT_MOST = 6;
const ACTIVE = ["running", "queued", "paused"];
const HEADS = [["", "State"], ["", "Job"], ["num", "Keys"], ["num", "Failed"], ["wide", "Started"], [
	"num wide",
	"Took",
]];

/** A state as icon and word. @param {Job} job */
export function stateChip(job) {
	const { word, icon: name, mood } = STATES[job.state];
	return h("span", { class: "state", "data-mood": mood, testid: "state" }, icon(name), word);
}

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
		fill(
			this,
			viewHead(viewHeading("Jobs"), button("Refresh", () => this.load(), { testid: "refresh" })),
			this.body,
		);
		catalog.addEventListener("change", () => this.jobs.size > 0 && this.render(), { signal: this.signal });
		document.addEventListener("kv-changed", () => this.load(), { signal: this.signal });
		this.signal.addEventListener("abort", () => this.release());
		this.load();
	}

	release() {
		for (const release of this.releases.splice(0)) release();
	}

	/** @param {boolean} [more] */
	load(more = false) {
		const first = [{ limit: 100 }, ...ACTIVE.map((state) => ({ state, limit: 50 }))];
		return whileBusy(async () => {
			try {
				const asked = more ? [{ limit: 100, cursor: this.cursor }] : first;
				const pages = await Promise.all(asked.map((filter) => api.jobs(filter, this.signal)));
				if (!more) this.jobs.clear();
				for (const job of pages.flatMap((page) => page.jobs)) this.jobs.set(job.id, job);
				this.cursor = pages[0].cursor;
				this.render();
			} catch (error) {
				if (!isAbort(error)) fill(this.body, failure(reason(error), () => this.load()));
			}
		});
	}

	render() {
		// What is still wanted is taken before the old is given back, so that no socket is closed and opened again.
		const before = this.releases.splice(0);
		this.build();
		for (const release of before) release();
	}

	build() {
		if (this.jobs.size === 0) {
			return fill(
				this.body,
				blank("jobs", ["No jobs yet. Bulk deletes, copies, exports and imports are kept here."]),
			);
		}
		const jobs = [...this.jobs.values()].sort((a, b) =>
			Number(isEnded(a)) - Number(isEnded(b)) || b.createdAt.localeCompare(a.createdAt)
		);
		fill(this.rows, jobs.map((job) => this.row(job)));
		fill(
			this.body,
			table(HEADS, this.rows),
			this.cursor !== null && div("more", button("Load more", () => this.load(true))),
		);
		for (const job of jobs.filter((one) => !isEnded(one)).slice(0, WATCHED_AT_MOST)) this.watch(job);
	}

	/** @param {Job} job */
	watch(job) {
		const { watch, release } = watching(job.id, job), leaving = new AbortController();
		watch.addEventListener("change", () => {
			if (!watch.job) return;
			this.jobs.set(job.id, watch.job);
			this.rows.querySelector(`[data-id="${CSS.escape(job.id)}"]`)?.replaceWith(this.row(watch.job));
		}, { signal: leaving.signal });
		this.releases.push(() => {
			leaving.abort();
			release();
		});
	}

	/** @param {Job} job */
	row(job) {
		const { processed, total, failed, percentage } = job.progress, done = count(processed);
		const started = instant(job.startedAt ?? job.createdAt) ?? 0;
		const keys = isEnded(job)
			? done
			: total === null
			? `${done} so far`
			: `${done} of ${count(total)}, ${percentage ?? 0}%`;
		return h(
			"tr",
			{ testid: "job-row", "data-id": job.id },
			h("td", {}, stateChip(job)),
			h(
				"td",
				"main",
				h("a", { href: href.job(job.id) }, h("bdi", { class: "cut", title: jobSummary(job) }, jobSummary(job))),
			),
			h("td", "num", keys),
			h("td", { class: failed ? "num bad" : "num" }, count(failed)),
			h("td", { class: "wide", title: titleOf(started) }, relative(Math.min(started, Date.now()))),
			h("td", "num wide", timeTaken(job) || "–"),
		);
	}
}

customElements.define("kv-jobs", KvJobs);
