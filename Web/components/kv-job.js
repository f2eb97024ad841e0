/** @import { Failure, Job, JobEvent, Route } from "../lib/types.js" */
/** @import { JobWatch } from "../lib/job-watch.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { fill, h, icon, setText, toast } from "../lib/dom.js";
import { counted, exact, instant, relative, size, timeOfDay } from "../lib/format.js";
import { isEnded, watching } from "../lib/job-watch.js";
import {
    CONNECTION_WORDS,
    jobError,
    jobSummary,
    jobTitle,
    place,
    targetPlace,
    throttling,
    timeTaken,
} from "../lib/job-words.js";
import { copyText } from "../lib/modal.js";
import { visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";
import { JobFigures } from "./job-figures.js";
import { failureList } from "./kv-job-dialog.js";
import { stateChip } from "./kv-jobs.js";

/** One job: how it stands, what happened to it, what it could not do. */
export class KvJob extends HTMLElement {
    jobID = "";
    /** @type {Job | null} */
    job = null;
    /** @type {JobWatch | null} */
    watch = null;
    release = () => {};
    /** @type {Failure[]} */
    failures = [];
    /** @type {string | null} */
    cursor = null;
    heading = h("h1", { tabindex: -1 }, "Job");
    tools = h("div", { class: "right" });
    words = h("p", { class: "job-words", testid: "job-title" });
    connection = h("span", { class: "connection", testid: "job-connection" });
    figures = new JobFigures();
    problem = h("p", { class: "problem", hidden: true });
    throttled = h("p", { class: "notice", hidden: true });
    facts = h("dl", { class: "facts-list" });
    events = h("ol", { class: "timeline", testid: "timeline" });
    failed = h("section", { class: "job-part", testid: "failures", hidden: true });
    body = h("div", { class: "scroll job-page" });
    leaving = new AbortController();

    connectedCallback() {
        this.className = "view";
        const crumb = h(
            "span",
            {},
            h("a", { href: href.jobs(), class: "crumb" }, "Jobs"),
            h("span", { class: "slash" }, "/"),
        );
        this.heading.prepend(crumb);
        fill(this, h("header", { class: "top" }, this.heading, this.tools), this.body);
    }

    disconnectedCallback() {
        this.leaving.abort();
        this.release();
    }

    /** @param {Route} route */
    show(route) {
        if (this.jobID === route.job) return;
        this.jobID = route.job;
        document.title = "Job – KV Manager";
        this.load();
    }

    load() {
        const { signal } = this.leaving;
        fill(this.body, h("div", { class: "empty" }, h("p", {}, "Loading…")));
        return whileBusy(async () => {
            try {
                const job = await api.job(this.jobID, {}, signal);
                this.build(job);
                await Promise.all([this.loadEvents(), job.progress.failed > 0 ? this.loadFailures() : null]);
            } catch (error) {
                if (isAbort(error)) return;
                const again = h(
                    "button",
                    { type: "button", class: "button", on: { click: () => this.load() } },
                    "Try again",
                );
                fill(
                    this.body,
                    h("div", { class: "empty failed", role: "alert" }, icon("alert"), h("p", {}, reason(error)), again),
                );
            }
        });
    }

    /** @param {Job} job */
    build(job) {
        fill(
            this.body,
            h(
                "section",
                { class: "job-part" },
                h("div", { class: "job-top" }, this.words, this.connection),
                this.figures.element,
                this.throttled,
                this.problem,
            ),
            h(
                "div",
                { class: "job-columns" },
                h("section", { class: "job-part" }, h("h2", {}, "Facts"), this.facts),
                h("section", { class: "job-part" }, h("h2", {}, "Timeline"), this.events),
            ),
            this.failed,
        );
        this.render(job);
        if (isEnded(job)) return;
        const { watch, release } = watching(job.id, job);
        const changed = () => this.followed(watch);
        watch.addEventListener("change", changed);
        this.release = () => {
            watch.removeEventListener("change", changed);
            release();
        };
    }

    /** @param {JobWatch} watch */
    followed(watch) {
        const { job, connection } = watch;
        setText(this.connection, connection === "closed" ? "" : CONNECTION_WORDS[connection]);
        this.connection.dataset.kind = connection;
        if (!job) return;
        const ended = this.job !== null && !isEnded(this.job) && isEnded(job);
        this.render(job);
        if (!ended) return;
        this.loadEvents();
        if (job.progress.failed > 0) this.loadFailures();
    }

    /** @param {Job} job */
    render(job) {
        this.job = job;
        const summary = jobSummary(job);
        document.title = `${summary} – KV Manager`;
        const crumb = this.heading.firstChild;
        fill(this.heading, crumb, summary);
        setText(this.words, jobTitle(job));
        this.figures.render(job);
        setText(this.throttled, throttling(job));
        this.throttled.hidden = this.throttled.textContent === "";
        const error = jobError(job);
        this.problem.hidden = error === "";
        fill(this.problem, icon("alert"), error);
        fill(this.facts, this.factsOf(job));
        this.showTools(job);
    }

    /** @param {Job} job */
    showTools(job) {
        const names = isEnded(job) ? (job.download ? "download" : "") : "cancel";
        if (this.tools.dataset.holds === names) return;
        this.tools.dataset.holds = names;
        if (names === "cancel") {
            fill(
                this.tools,
                h("button", {
                    type: "button",
                    class: "button danger",
                    testid: "job-cancel",
                    on: { click: () => this.cancel() },
                }, "Cancel"),
            );
        } else if (job.download) {
            fill(
                this.tools,
                h(
                    "a",
                    {
                        class: "button primary",
                        href: job.download.url,
                        download: job.download.name,
                        testid: "job-download",
                    },
                    icon("down"),
                    "Download",
                ),
            );
        } else fill(this.tools);
    }

    async cancel() {
        try {
            this.render(await api.cancelJob(this.jobID));
        } catch (error) {
            toast(reason(error), "bad");
        }
    }

    /** @param {Job} job */
    factsOf(job) {
        /** @type {[string, import("../lib/dom.js").Child][]} */
        const facts = [["State", stateChip(job)], [
            "From",
            h("a", { href: href.keys(job.store, job.namespace) }, h("bdi", {}, `${job.store} / ${place(job)}`)),
        ]];
        const target = job.target;
        if (job.kind === "import") facts[1][0] = "Into";
        if (target?.namespace) {
            facts.push([
                "To",
                h(
                    "a",
                    { href: href.keys(target.store ?? job.store, target.namespace) },
                    h("bdi", {}, `${target.store ?? job.store} / ${targetPlace(job)}`),
                ),
            ]);
        }
        /** @type {[string, string | null][]} */
        const times = [["Created", job.createdAt], ["Started", job.startedAt], ["Ended", job.finishedAt]];
        for (const [name, text] of times) {
            const at = instant(text);
            if (at !== null) {
                facts.push([
                    name,
                    h(
                        "span",
                        { title: exact(at) },
                        `${exact(at).replace(/ \(.*/, "")}, ${relative(Math.min(at, Date.now()))}`,
                    ),
                ]);
            }
        }
        if (isEnded(job) && timeTaken(job)) facts.push(["Took", timeTaken(job)]);
        if (job.createdBy) facts.push(["By", visible(job.createdBy)]);
        if (job.download) facts.push(["File", `${job.download.name}, ${size(job.download.bytes)}`]);
        const copy = h("button", {
            type: "button",
            class: "link mono",
            title: "Copy",
            on: { click: () => copyText(job.id, "ID") },
        }, job.id);
        facts.push(["ID", copy]);
        return facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
    }

    async loadEvents() {
        try {
            const { events } = await api.jobEvents(this.jobID, this.leaving.signal);
            fill(
                this.events,
                events.map(({ at, type, detail }) => {
                    const time = instant(at) ?? 0;
                    return h(
                        "li",
                        { "data-type": type },
                        h("time", { datetime: at, title: exact(time) }, timeOfDay(time)),
                        h("span", {}, wordsOf(type, detail)),
                    );
                }),
            );
        } catch (error) {
            if (!isAbort(error)) fill(this.events, h("li", {}, reason(error)));
        }
    }

    /** @param {boolean} [more] */
    async loadFailures(more = false) {
        const page = { limit: 100, cursor: more ? this.cursor : null };
        try {
            const { failures, cursor } = await api.jobFailures(this.jobID, page, this.leaving.signal);
            this.failures = more ? [...this.failures, ...failures] : failures;
            this.cursor = cursor;
        } catch (error) {
            if (!isAbort(error)) toast(reason(error), "bad");
            return;
        }
        this.failed.hidden = false;
        const next = this.cursor !== null &&
            h("button", {
                type: "button",
                class: "button",
                testid: "more-failures",
                on: { click: () => this.loadFailures(true) },
            }, "Load more");
        fill(
            this.failed,
            h("h2", {}, counted(this.job?.progress.failed ?? this.failures.length, "failure")),
            h("div", { class: "failures" }, failureList(this.failures)),
            next && h("div", { class: "more" }, next),
        );
    }
}

/** @param {string} type @param {unknown} detail */
function wordsOf(type, detail) {
    const word = type.charAt(0).toUpperCase() + type.slice(1).replaceAll("_", " ");
    if (detail === null || detail === undefined || detail === "") return word;
    return `${word}: ${
        visible(
            typeof detail === "string" ? detail : typeof detail === "number" ? String(detail) : JSON.stringify(detail),
        )
    }`;
}

customElements.define("kv-job", KvJob);
