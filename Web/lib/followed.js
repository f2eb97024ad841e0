/** @import { Job } from "./types.js" */
import { api } from "./api.js";
import { randomID } from "./bytes.js";
import { catalog } from "./catalog.js";
import { h, speak } from "./dom.js";
/** @import { JobWatch } from "./job-watch.js" */
import { isEnded, watching } from "./job-watch.js";
import { jobTitle } from "./job-words.js";

/** @typedef {{ id: string, watch: JobWatch, release: () => void, inDialog: boolean, milestone: number }} Followed */

const KEPT_UNDER = "followed-jobs";

/**
 * The jobs that this tab keeps in sight, in the dialog or in the dock. Emits `change` when one comes, goes or moves; the
 * watches themselves tell of progress.
 */
class FollowedJobs extends EventTarget {
	/** @type {Followed[]} */
	jobs = [];

	get inDialog() {
		return this.jobs.find((one) => one.inDialog) ?? null;
	}

	get inDock() {
		return this.jobs.filter((one) => !one.inDialog);
	}

	/** Takes up what was followed before a reload. */
	async resume() {
		for (const id of remembered()) {
			const job = await api.job(id).catch(() => null);
			if (job) this.add(id, job, false);
		}
	}

	/** A start of this job, and of no second one however often it is tried. @param {object} job */
	once(job) {
		const idempotencyKey = randomID();
		return async (how = {}) => this.follow(await api.startJob({ ...job, ...how }, idempotencyKey));
	}

	/** @param {Job} job */
	follow(job) {
		this.show(this.jobs.find((one) => one.id === job.id) ?? this.add(job.id, job, true));
		speak(jobTitle(job));
	}

	/** @param {string} id @param {Job | null} job @param {boolean} inDialog */
	add(id, job, inDialog) {
		const { watch, release } = watching(id, job);
		const followed = { id, watch, release, inDialog, milestone: 0 };
		watch.addEventListener("change", () => this.progressed(followed));
		watch.addEventListener("ended", () => this.ended(followed));
		this.jobs.push(followed);
		this.remember();
		this.changed();
		return followed;
	}

	/** @param {Followed} followed */
	show(followed) {
		for (const one of this.jobs) one.inDialog = one === followed;
		this.changed();
	}

	background() {
		for (const one of this.jobs) one.inDialog = false;
		this.changed();
	}

	/** @param {Followed} followed */
	dismiss(followed) {
		this.jobs = this.jobs.filter((one) => one !== followed);
		followed.release();
		this.remember();
		this.changed();
	}

	/** Speaks at each quarter. @param {Followed} followed */
	progressed(followed) {
		const percentage = followed.watch.job?.progress.percentage ?? 0;
		const milestone = Math.floor(percentage / 25) * 25;
		if (milestone <= followed.milestone || milestone >= 100) return;
		followed.milestone = milestone;
		speak(`${milestone} percent`);
	}

	/** @param {Followed} followed */
	ended(followed) {
		const job = followed.watch.job;
		if (!job || !this.jobs.includes(followed)) return;
		speak(jobTitle(job));
		if (job.download && !wasFetched(job.id)) fetchFile(job);
		this.remember();
		if (job.kind === "export") return;
		changedIn(job.namespace, job.target?.namespace);
		catalog.refresh();
	}

	remember() {
		const running = this.jobs.filter(({ watch }) => !watch.job || !isEnded(watch.job)).map((one) => one.id);
		keep(KEPT_UNDER, running.length ? JSON.stringify(running) : null);
	}

	changed() {
		this.dispatchEvent(new Event("change"));
	}
}

/** Tells every view that shows one of these namespaces. @param {(string | undefined)[]} namespaces */
export function changedIn(...namespaces) {
	document.dispatchEvent(new CustomEvent("kv-changed", { detail: { namespaces } }));
}

/** @returns {string[]} */
function remembered() {
	try {
		const ids = JSON.parse(sessionStorage.getItem(KEPT_UNDER) ?? "[]");
		return Array.isArray(ids) ? ids.filter((id) => typeof id === "string" && id) : [];
	} catch {
		return [];
	}
}

/** @param {string} name @param {string | null} value */
function keep(name, value) {
	try {
		value === null ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, value);
	} catch {
		// Without storage a reloaded page simply starts afresh.
	}
}

/** @param {string} id */
function wasFetched(id) {
	try {
		return sessionStorage.getItem(`fetched-${id}`) === "1";
	} catch {
		return false;
	}
}

/** @param {Job} job */
function fetchFile(job) {
	if (!job.download) return;
	keep(`fetched-${job.id}`, "1");
	const link = h("a", { href: job.download.url, download: job.download.name, hidden: true });
	document.body.append(link);
	link.click();
	link.remove();
}

export const followed = new FollowedJobs();
