/** @import { Job } from "../lib/types.js" */
import { div, h, setText } from "../lib/dom.js";
import { isEnded } from "../lib/job-watch.js";
import { figures, jobError, throttling } from "../lib/job-words.js";
import { oneLine } from "../lib/names.js";

/** A job's bar, its figures, the key at hand and what is the matter with it. Updated in place, so that nothing flickers. */
export class JobFigures {
	level = h("i");
	bar = h("div", { class: "meter", role: "progressbar", "aria-label": "Progress", testid: "job-bar" }, this.level);
	facts = div("facts");
	now = h("div", { class: "now", testid: "job-key" });
	throttled = h("p", { class: "notice", testid: "job-throttled", hidden: true });
	problem = h("p", { class: "problem", testid: "job-error", hidden: true });
	element = div("job-figures", this.bar, this.facts, this.now, this.throttled, this.problem);
	/** @type {Map<string, HTMLElement>} */
	cells = new Map();
	key = "";

	/** @param {Job} job @param {string} [trouble] with the connection */
	render(job, trouble = "") {
		const { percentage, total, currentKey } = job.progress, ended = isEnded(job);
		const known = total !== null && percentage !== null;
		this.bar.classList.toggle("unknown", !known && !ended);
		this.bar.dataset.state = job.state;
		this.level.style.width = known ? `${percentage}%` : ended ? "100%" : "";
		this.bar.ariaValueNow = known ? String(percentage) : null;
		for (const { id, figure, words, bad, shown } of figures(job)) {
			const cell = this.cells.get(id) ?? this.cell(id);
			setText(/** @type {Element} */ (cell.firstElementChild), figure);
			setText(/** @type {Element} */ (cell.lastElementChild), words);
			cell.classList.toggle("bad", bad === true);
			cell.hidden = shown === false;
		}
		const key = ended ? "" : currentKey ?? "";
		this.now.hidden = ended;
		if (key !== this.key) this.now.replaceChildren(oneLine(key));
		this.key = key;
		this.say(this.throttled, throttling(job));
		this.say(this.problem, trouble || jobError(job));
	}

	/** @param {HTMLElement} line @param {string} words */
	say(line, words) {
		line.hidden = words === "";
		setText(line, words);
	}

	/** @param {string} id */
	cell(id) {
		const cell = h("div", { testid: `job-${id}` }, h("b"), h("span"));
		this.cells.set(id, cell);
		this.facts.append(cell);
		return cell;
	}
}
