/** @import { Job } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { count, exact, instant, relative } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import { jobSummary, STATES, timeTaken } from "../lib/job-words.js";
import { visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";

const WATCHED_AT_MOST = 6;
const ACTIVE = ["running", "queued", "paused"];

/** A state as icon and word. @param {Job} job */
export function stateChip(job) {
    const { word, icon: name, mood } = STATES[job.state];
    return h("span", { class: "state", "data-mood": mood, testid: "state" }, icon(name), word);
}

/** All jobs, those that run first; the first few of these are live. */
export class KvJobs extends HTMLElement {
    /** @type {Map<string, Job>} */
    jobs = new Map();
    /** @type {string | null} */
    cursor = null;
    /** @type {string | null} */
    error = null;
    loaded = false;
    /** @type {(() => void)[]} */
    releases = [];
    rows = h("tbody", {});
    body = h("div", { class: "scroll" });
    leaving = new AbortController();

    connectedCallback() {
        document.title = "Jobs – KV Manager";
        this.className = "view";
        const again = h("button", {
            type: "button",
            class: "button",
            testid: "refresh",
            on: { click: () => this.load() },
        }, "Refresh");
        fill(
            this,
            h("header", { class: "top" }, h("h1", { tabindex: -1 }, "Jobs"), h("div", { class: "right" }, again)),
            this.body,
        );
        document.addEventListener("kv-changed", () => this.load(), { signal: this.leaving.signal });
        this.load();
    }

    disconnectedCallback() {
        this.leaving.abort();
        this.release();
    }

    release() {
        for (const release of this.releases) release();
        this.releases = [];
    }

    /** @param {boolean} [more] */
    load(more = false) {
        const { signal } = this.leaving;
        return whileBusy(async () => {
            try {
                const asked = more
                    ? [{ limit: 100, cursor: this.cursor }]
                    : [{ limit: 100 }, ...ACTIVE.map((state) => ({ state, limit: 50 }))];
                const pages = await Promise.all(asked.map((filter) => api.jobs(filter, signal)));
                if (!more) this.jobs.clear();
                for (const job of pages.flatMap((page) => page.jobs)) this.jobs.set(job.id, job);
                this.cursor = pages[0].cursor;
                this.error = null;
            } catch (error) {
                if (isAbort(error)) return;
                this.error = reason(error);
            }
            this.loaded = true;
            this.render();
        });
    }

    render() {
        this.release();
        if (this.error !== null) {
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => this.load() } },
                "Try again",
            );
            return fill(
                this.body,
                h("div", { class: "empty failed", role: "alert" }, icon("alert"), h("p", {}, this.error), again),
            );
        }
        if (this.jobs.size === 0) {
            return fill(
                this.body,
                h(
                    "div",
                    { class: "empty" },
                    icon("jobs"),
                    h("p", {}, "No jobs yet."),
                    h("p", { class: "muted" }, "Bulk deletes, copies, exports and imports are kept here."),
                ),
            );
        }
        const order = (/** @type {Job} */ job) => (isEnded(job) ? 1 : 0);
        const jobs = [...this.jobs.values()].sort((a, b) =>
            order(a) - order(b) || b.createdAt.localeCompare(a.createdAt)
        );
        fill(this.rows, jobs.map((job) => this.row(job)));
        const heads = [["", "State"], ["", "Job"], ["num", "Keys"], ["num", "Failed"], ["wide", "Started"], [
            "num wide",
            "Took",
        ]];
        const table = h(
            "table",
            { class: "plain jobs" },
            h("thead", {}, h("tr", {}, heads.map(([kind, words]) => h("th", { class: kind, scope: "col" }, words)))),
            this.rows,
        );
        const more = this.cursor !== null &&
            h("button", { type: "button", class: "button", on: { click: () => this.load(true) } }, "Load more");
        fill(this.body, table, more && h("div", { class: "more" }, more));
        for (const job of jobs.filter((one) => !isEnded(one)).slice(0, WATCHED_AT_MOST)) this.watch(job);
    }

    /** @param {Job} job */
    watch(job) {
        const { watch, release } = watching(job.id, job);
        const changed = () => {
            if (!watch.job) return;
            this.jobs.set(job.id, watch.job);
            this.rows.querySelector(`[data-id="${CSS.escape(job.id)}"]`)?.replaceWith(this.row(watch.job));
        };
        watch.addEventListener("change", changed);
        this.releases.push(() => {
            watch.removeEventListener("change", changed);
            release();
        });
    }

    /** @param {Job} job */
    row(job) {
        const { processed, total, failed, percentage } = job.progress;
        const started = instant(job.startedAt ?? job.createdAt);
        const keys = isEnded(job)
            ? count(processed)
            : total === null
            ? `${count(processed)} so far`
            : `${count(processed)} of ${count(total)}, ${percentage ?? 0}%`;
        return h(
            "tr",
            { testid: "job-row", "data-id": job.id },
            h("td", {}, stateChip(job)),
            h(
                "td",
                { class: "main" },
                h("a", { href: href.job(job.id), title: visible(jobSummary(job)) }, h("bdi", {}, jobSummary(job))),
            ),
            h("td", { class: "num" }, keys),
            h("td", { class: failed ? "num bad" : "num" }, count(failed)),
            h(
                "td",
                { class: "wide", title: started === null ? null : exact(started) },
                started === null ? "–" : relative(Math.min(started, Date.now())),
            ),
            h("td", { class: "num wide" }, timeTaken(job) || "–"),
        );
    }
}

customElements.define("kv-jobs", KvJobs);
