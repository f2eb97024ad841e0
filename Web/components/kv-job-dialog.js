/** @import { Failure, Job } from "../lib/types.js" */
/** @import { Followed } from "../lib/followed.js" */
import { api, reason } from "../lib/api.js";
import { fill, h, icon, setText, toast } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { counted, size } from "../lib/format.js";
import { isEnded } from "../lib/job-watch.js";
import { CONNECTION_WORDS, jobError, jobTitle, STATES, throttling, timing } from "../lib/job-words.js";
import { openDialog } from "../lib/modal.js";
import { marked } from "../lib/names.js";
import { Presence } from "../lib/presence.js";
import { href, router } from "../lib/router.js";
import { JobFigures } from "./job-figures.js";

const CLOSES_AFTER = 3000;
const FAILURES_SHOWN = 5;

/** The dialog of the one job that is in the foreground. It exists only while there is such a job. */
class JobDialog {
    title = h("h2", { id: "job-title", tabindex: -1, testid: "job-title" });
    connection = h("span", { class: "connection", testid: "job-connection" });
    timing = h("span", { class: "muted", testid: "job-timing" });
    figures = new JobFigures();
    state = h("span", { class: "job-state", testid: "job-state" });
    throttled = h("p", { class: "notice", testid: "job-throttled", hidden: true });
    problem = h("p", { class: "problem", role: "alert", hidden: true });
    failures = h("div", { class: "failures", testid: "job-failures", hidden: true });
    note = h("p", { class: "muted", testid: "job-note" });
    background = h("button", {
        type: "button",
        class: "button quiet",
        testid: "job-background",
        on: { click: () => followed.background() },
    }, "Run in background");
    cancel = h("button", {
        type: "button",
        class: "button danger",
        testid: "job-cancel",
        on: { click: () => this.stop() },
    }, "Cancel");
    close = h("button", {
        type: "button",
        class: "button primary",
        testid: "job-close",
        hidden: true,
        on: { click: () => followed.dismiss(this.followed) },
    }, "Close");
    again = h("button", {
        type: "button",
        class: "button",
        testid: "job-again",
        hidden: true,
        on: { click: () => this.followed.watch.again() },
    }, "Try again");
    timer = 0;
    leaving = new AbortController();
    ended = false;

    /** @param {Followed} job */
    constructor(job) {
        this.followed = job;
        const foot = h(
            "div",
            { class: "job-foot" },
            this.background,
            h("span", { class: "grow" }),
            this.again,
            this.cancel,
            this.close,
        );
        const sheet = h(
            "div",
            { class: "sheet job-sheet" },
            h("div", { class: "job-top" }, this.connection, this.timing),
            h("div", {}, this.title, this.state),
            this.figures.element,
            this.throttled,
            this.problem,
            this.failures,
            this.note,
            foot,
        );
        this.element = h("dialog", { testid: "job-dialog", "aria-labelledby": "job-title", "data-job": job.id }, sheet);
    }

    open() {
        const { signal } = this.leaving;
        this.modal = openDialog(this.element, () => this.left());
        this.title.focus({ preventScroll: true });
        this.presence = new Presence(this.element, () => this.settle(), signal);
        this.followed.watch.addEventListener("change", () => this.render(), { signal });
        router.addEventListener("change", () => followed.background(), { signal });
        this.render();
    }

    /** However it closes, a running job goes on in the dock. */
    left() {
        this.leaving.abort();
        clearTimeout(this.timer);
        if (followed.inDialog !== this.followed) return;
        this.ended ? followed.dismiss(this.followed) : followed.background();
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
        const kind = connection === "closed" && watch.via !== "idle" ? watch.via : connection;
        setText(this.connection, CONNECTION_WORDS[kind]);
        this.connection.dataset.kind = connection;
        this.problem.hidden = watch.error === null;
        this.again.hidden = connection !== "lost";
        if (watch.error) fill(this.problem, icon("alert"), watch.error);
        if (!job) return;
        setText(this.title, jobTitle(job));
        setText(this.timing, timing(job));
        setText(this.state, STATES[job.state].word);
        this.state.dataset.mood = STATES[job.state].mood;
        this.element.dataset.state = job.state;
        this.figures.render(job);
        setText(this.throttled, throttling(job));
        this.throttled.hidden = this.throttled.textContent === "";
        if (isEnded(job)) this.end(job);
    }

    /** @param {Job} job */
    end(job) {
        if (this.ended) return;
        this.ended = true;
        const hadFocus = this.cancel === document.activeElement || this.background === document.activeElement;
        this.background.hidden = this.cancel.hidden = this.again.hidden = true;
        this.close.hidden = false;
        if (hadFocus) this.close.focus();
        const error = jobError(job);
        if (error) {
            this.problem.hidden = false;
            fill(this.problem, icon("alert"), error);
        }
        if (job.progress.failed > 0) this.listFailures(job);
        if (job.download) {
            const link = h(
                "a",
                { href: job.download.url, download: job.download.name, testid: "job-download" },
                "Download it again",
            );
            fill(this.note, `${job.download.name}, ${size(job.download.bytes)}, is downloading. `, link);
        }
        this.settle();
    }

    /** Success leaves by itself, unless somebody is in the dialog. */
    settle() {
        clearTimeout(this.timer);
        const job = this.followed.watch.job;
        if (!this.ended || job?.state !== "completed" || this.presence?.inside) return;
        this.timer = setTimeout(() => followed.dismiss(this.followed), CLOSES_AFTER);
    }

    /** @param {Job} job */
    async listFailures(job) {
        this.failures.hidden = false;
        const all = h("a", { href: href.job(job.id), testid: "job-all-failures" }, "All failures");
        try {
            const { failures } = await api.jobFailures(job.id, { limit: FAILURES_SHOWN }, this.leaving.signal);
            fill(
                this.failures,
                failureList(failures),
                job.progress.failed > failures.length &&
                    h("p", {}, `${counted(job.progress.failed - failures.length, "more failure")}. `, all),
            );
            if (job.progress.failed <= failures.length) this.failures.append(all);
        } catch (error) {
            fill(this.failures, h("p", {}, reason(error), " ", all));
        }
    }
}

/** @param {Failure[]} failures */
export function failureList(failures) {
    return h(
        "ul",
        {},
        failures.map(({ key, line, detail, code, attempts }) =>
            h(
                "li",
                { testid: "failure" },
                h("bdi", { class: "mono" }, marked(key)),
                h(
                    "span",
                    {},
                    typeof line === "number" ? `line ${line}: ` : "",
                    detail || code,
                    attempts > 1 ? ` (${counted(attempts, "attempt")})` : "",
                ),
            )
        ),
    );
}

/** @type {JobDialog | null} */
let shown = null;

followed.addEventListener("change", () => {
    const wanted = followed.inDialog;
    if (shown && shown.followed !== wanted) {
        const old = shown;
        shown = null;
        old.modal?.close();
    }
    if (wanted && !shown) {
        shown = new JobDialog(wanted);
        shown.open();
    }
});
