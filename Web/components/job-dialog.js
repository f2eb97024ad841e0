/** @import { Job } from "../lib/types.js" */
/** @import { Followed } from "../lib/followed.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { button, div, fill, h, setText, span, toast } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { size } from "../lib/format.js";
import { isEnded } from "../lib/job-watch.js";
import { connectionWord, jobTitle, STATES, timing } from "../lib/job-words.js";
import { openDialog } from "../lib/modal.js";
import { Presence } from "../lib/presence.js";
import { href, router } from "../lib/router.js";
import { failureList } from "./failure-list.js";
import { JobFigures } from "./job-figures.js";

const CLOSES_AFTER = 3000;
const FAILURES_SHOWN = 5;

/** The dialog of the one job that is in the foreground. It exists only while there is such a job. */
class JobDialog {
	title = h("h2", { id: "job-title", tabindex: -1, testid: "job-title" });
	connection = h("span", { class: "connection", testid: "job-connection" });
	timing = h("span", { class: "muted", testid: "job-timing" });
	state = h("span", { class: "job-state", testid: "job-state" });
	figures = new JobFigures();
	failures = h("div", { class: "failures", testid: "job-failures", hidden: true });
	note = h("p", { testid: "job-note", hidden: true });
	background = button("Run in background", () => followed.background(), { kind: "quiet", testid: "job-background" });
	cancel = button("Cancel", () => this.stop(), { kind: "danger", testid: "job-cancel" });
	again = button("Try again", () => this.followed.watch.again(), { testid: "job-again", hidden: true });
	close = button("Close", () => followed.dismiss(this.followed), {
		kind: "primary",
		testid: "job-close",
		hidden: true,
	});
	leaving = new AbortController();
	timer = 0;
	ended = false;

	/** @param {Followed} job */
	constructor(job) {
		this.followed = job;
		const foot = div("job-foot", this.background, span("grow"), this.again, this.cancel, this.close);
		const top = div("job-top", this.connection, this.timing);
		const heading = h("div", {}, this.title, this.state);
		const sheet = div("sheet job-sheet", top, heading, this.figures.element, this.failures, this.note, foot);
		this.element = h("dialog", { testid: "job-dialog", "aria-labelledby": "job-title", "data-job": job.id }, sheet);
		const { signal } = this.leaving;
		this.modal = openDialog(this.element, () => this.left());
		this.title.focus({ preventScroll: true });
		this.presence = new Presence(this.element, () => this.settle(), signal);
		job.watch.addEventListener("change", () => this.render(), { signal });
		router.addEventListener("change", () => this.modal.close(), { signal });
		this.render();
	}

	/** However it closes, a running job goes on in the dock. */
	left() {
		this.leaving.abort();
		clearTimeout(this.timer);
		if (followed.inDialog !== this.followed) return;
		if (this.ended) followed.dismiss(this.followed);
		else followed.background();
	}

	async stop() {
		this.cancel.disabled = true;
		setText(this.cancel, "Cancelling…");
		try {
			await api.cancelJob(this.followed.id);
		} catch (error) {
			toast(reason(error), "bad");
			this.cancel.disabled = false;
			setText(this.cancel, "Cancel");
		}
	}

	render() {
		const { watch } = this.followed, { job, connection } = watch;
		setText(this.connection, connectionWord(watch));
		this.connection.dataset.kind = connection;
		this.again.hidden = connection !== "lost";
		if (!job) return;
		setText(this.title, jobTitle(job));
		setText(this.timing, timing(job));
		setText(this.state, STATES[job.state].word);
		this.state.dataset.mood = STATES[job.state].mood;
		this.element.dataset.state = job.state;
		this.figures.render(job, watch.error ?? "");
		if (isEnded(job) && !this.ended) this.end(job);
	}

	/** @param {Job} job */
	end(job) {
		this.ended = true;
		const focus = this.element.contains(document.activeElement) && document.activeElement !== this.title;
		this.background.hidden = this.cancel.hidden = this.again.hidden = true;
		this.close.hidden = false;
		if (focus) this.close.focus();
		if (job.progress.failed > 0) this.listFailures(job);
		if (job.download) {
			const { name, bytes, url } = job.download;
			this.note.hidden = false;
			fill(
				this.note,
				`${name}, ${size(bytes)}, is being downloaded. `,
				h("a", { href: url, download: name, testid: "job-download" }, "Once more"),
			);
		}
		this.settle();
	}

	/** Success leaves by itself, unless somebody is in the dialog. */
	settle() {
		clearTimeout(this.timer);
		if (this.followed.watch.job?.state !== "completed" || this.presence.inside) return;
		this.timer = setTimeout(() => followed.dismiss(this.followed), CLOSES_AFTER);
	}

	/** @param {Job} job */
	async listFailures(job) {
		const all = h("p", {}, h("a", { href: href.job(job.id), testid: "job-all-failures" }, "All failures"));
		this.failures.hidden = false;
		try {
			const { failures } = await api.jobFailures(job.id, { limit: FAILURES_SHOWN }, this.leaving.signal);
			fill(this.failures, failureList(failures), all);
		} catch (error) {
			if (!isAbort(error)) fill(this.failures, h("p", {}, reason(error)), all);
		}
	}
}

/** @type {JobDialog | null} */
let shown = null;

followed.addEventListener("change", () => {
	const wanted = followed.inDialog, before = shown;
	if (before?.followed === wanted) return;
	shown = null;
	before?.modal.close();
	if (wanted && followed.inDialog === wanted) shown = new JobDialog(wanted);
});
