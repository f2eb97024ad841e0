/** @import { Followed } from "../lib/followed.js" */
import { fill, h, icon, iconButton, setText } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { isEnded } from "../lib/job-watch.js";
import { CONNECTION_WORDS, jobTitle, STATES } from "../lib/job-words.js";

const LEAVES_AFTER = 6000;

/** The jobs that run in the background, in the corner of every view. */
export class KvDock extends HTMLElement {
    /** @type {Map<string, HTMLElement>} */
    cards = new Map();
    leaving = new AbortController();

    connectedCallback() {
        this.leaving = new AbortController();
        this.setAttribute("role", "region");
        this.setAttribute("aria-label", "Jobs in the background");
        this.dataset.testid = "dock";
        this.hidden = true;
        followed.addEventListener("change", () => this.render(), { signal: this.leaving.signal });
    }

    disconnectedCallback() {
        this.leaving.abort();
    }

    render() {
        const docked = followed.inDock;
        for (const [id, card] of this.cards) {
            if (docked.some((one) => one.id === id)) continue;
            card.dispatchEvent(new Event("kv-gone"));
            card.remove();
            this.cards.delete(id);
        }
        for (const one of docked) {
            if (this.cards.has(one.id)) continue;
            const card = this.card(one);
            this.cards.set(one.id, card);
            this.append(card);
        }
        this.hidden = docked.length === 0;
    }

    /** @param {Followed} one */
    card(one) {
        const gone = new AbortController();
        const title = h("span", { class: "dock-title" });
        const words = h("span", { class: "muted", testid: "dock-words" });
        const bar = h("i", {});
        const open = h(
            "button",
            {
                type: "button",
                class: "dock-open",
                testid: "dock-open",
                on: { click: () => followed.show(one) },
            },
            title,
            words,
            h("span", { class: "meter" }, bar),
        );
        const close = iconButton("close", "Stop watching this job", {
            testid: "dock-close",
            on: { click: () => followed.dismiss(one) },
        });
        const sign = h("span", { class: "dock-sign" });
        const card = h("div", { class: "dock-card", testid: "dock-job", "data-job": one.id }, sign, open, close);
        let timer = 0;
        const show = () => {
            const { job, connection, error } = one.watch;
            if (!job) return setText(title, error ?? CONNECTION_WORDS[connection]);
            const { word, icon: name, mood } = STATES[job.state];
            const { percentage, total } = job.progress;
            card.dataset.mood = mood;
            card.dataset.state = job.state;
            fill(sign, icon(name));
            setText(title, jobTitle(job));
            const kind = connection === "websocket" || connection === "closed"
                ? ""
                : `, ${CONNECTION_WORDS[connection]}`;
            setText(words, isEnded(job) ? word : `${percentage === null ? "Running" : `${percentage}%`}${kind}`);
            bar.style.width = total === null ? "0" : `${percentage ?? 0}%`;
            if (job.state === "completed" && !timer) timer = setTimeout(() => followed.dismiss(one), LEAVES_AFTER);
        };
        one.watch.addEventListener("change", show, { signal: gone.signal });
        card.addEventListener("kv-gone", () => {
            clearTimeout(timer);
            gone.abort();
        });
        show();
        return card;
    }
}

customElements.define("kv-dock", KvDock);
