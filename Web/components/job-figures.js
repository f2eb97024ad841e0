/** @import { Job } from "../lib/types.js" */
import { h, setText } from "../lib/dom.js";
import { isEnded } from "../lib/job-watch.js";
import { figures } from "../lib/job-words.js";
import { oneLine } from "../lib/names.js";

/** A job's bar, its figures and the key at hand. Updated in place, so that nothing flickers or is read out twice. */
export class JobFigures {
    fillBar = h("i", {});
    bar = h("div", {
        class: "meter",
        role: "progressbar",
        "aria-label": "Progress",
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        testid: "job-bar",
    }, this.fillBar);
    facts = h("div", { class: "facts" });
    now = h("div", { class: "now", testid: "job-key" });
    element = h("div", { class: "job-figures" }, this.bar, this.facts, this.now);
    /** @type {Map<string, { box: HTMLElement, figure: HTMLElement, words: Text }>} */
    cells = new Map();
    key = "";

    /** @param {Job} job */
    render(job) {
        const { percentage, total, currentKey } = job.progress, ended = isEnded(job);
        const known = total !== null && percentage !== null;
        this.bar.classList.toggle("unknown", !known && !ended);
        this.bar.dataset.state = job.state;
        this.fillBar.style.width = known ? `${percentage}%` : ended ? "100%" : "";
        if (known) this.bar.setAttribute("aria-valuenow", String(percentage));
        else this.bar.removeAttribute("aria-valuenow");
        for (const { id, figure, words, bad } of figures(job)) {
            const cell = this.cells.get(id) ?? this.cell(id);
            setText(cell.figure, figure);
            if (cell.words.data !== words) cell.words.data = words;
            cell.box.classList.toggle("bad", bad === true);
            cell.box.hidden = (id === "skipped" || id === "failed") && figure === "0" && id === "skipped";
        }
        for (const id of ended ? ["rate"] : ["taken"]) this.cells.get(id)?.box.remove();
        if (ended && this.cells.has("rate")) this.cells.delete("rate");
        const key = ended ? "" : currentKey ?? "";
        this.now.hidden = ended;
        if (key !== this.key) this.now.replaceChildren(oneLine(key));
        this.key = key;
    }

    /** @param {string} id */
    cell(id) {
        const figure = h("b", {}), words = document.createTextNode("");
        const cell = { box: h("div", { testid: `job-${id}` }, figure, words), figure, words };
        this.cells.set(id, cell);
        const second = this.facts.children[1];
        if (id === "taken" && second) this.facts.insertBefore(cell.box, second);
        else this.facts.append(cell.box);
        return cell;
    }
}
