import { div, h, setText } from "../lib/dom.js";
import { counted, marked, oneLine } from "../lib/format.js";
import { isEnded } from "../lib/job-watch.js";
import { connectionWord, figures, jobError, throttling } from "../lib/job-words.js";

/** A job's bar, its figures, the key at hand and what is the matter with it. Updated in place, so that nothing flickers. */
export class JobFigures {
	level = h("i");
	bar = h("div", { class: "meter", role: "progressbar", "aria-label": "Progress", testid: "job-bar" }, this.level);
	facts = div("facts");
	now = div("now @job-key");
	throttled = h("p", { class: "notice", testid: "job-throttled", hidden: true });
	problem = h("p", { class: "problem", testid: "job-error", hidden: true });
	element = div("job-figures", this.bar, this.facts, this.now, this.throttled, this.problem);
	/** @type {Map<string, HTMLElement>} */
	cells = new Map();
	key = "";

	/** @param {Job} job @param {string | null} [trouble] with the connection */
	render(job, trouble) {
		const { percentage, total, currentKey } = job.progress, ended = isEnded(job);
		const known = total !== null && percentage !== null;
		this.bar.classList.toggle("unknown", !known && !ended);
		this.bar.dataset.state = job.state;
		this.level.style.width = known ? `${percentage}%` : ended ? "100%" : "";
		this.bar.ariaValueNow = known ? String(percentage) : null;
		for (const { id, figure, words, bad = false, shown = true } of figures(job)) {
			const cell = this.cells.get(id) ?? this.cell(id), [first, last] = cell.children;
			setText(first, figure);
			setText(last, words);
			cell.classList.toggle("bad", bad);
			cell.hidden = !shown;
		}
		const key = ended ? "" : currentKey ?? "";
		this.now.hidden = ended;
		if (key !== this.key) this.now.replaceChildren(oneLine(key));
		this.key = key;
		say(this.throttled, throttling(job));
		say(this.problem, trouble || jobError(job));
	}

	/** @param {string} id */
	cell(id) {
		const cell = div(`@job-${id}`, h("b"), h("span"));
		this.cells.set(id, cell);
		this.facts.append(cell);
		return cell;
	}
}

/** @param {HTMLElement} line @param {string} words */
function say(line, words) {
	line.hidden = words === "";
	setText(line, words);
}

/** By which connection a job is watched, once that is known. @param {HTMLElement} element @param {JobWatch} watch */
export function showConnection(element, watch) {
	setText(element, connectionWord(watch));
	element.dataset.kind = watch.connection;
}

/** @param {Failure[]} failures */
export function failureList(failures) {
	const items = failures.map(({ key, line, detail, code, attempts }) => {
		const where = typeof line === "number" ? `line ${line}: ` : "";
		const tries = attempts > 1 ? ` (${counted(attempts, "attempt")})` : "";
		return h("li", "@failure", h("bdi", "mono", marked(key)), h("span", {}, where, detail || code, tries));
	});
	return h("ul", {}, items);
}
