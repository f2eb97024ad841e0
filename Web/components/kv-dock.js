import "./job-dialog.js";
import { div, fill, h, icon, iconButton, setText, span } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { isEnded } from "../lib/job-watch.js";
import { connectionWord, jobTitle, STATES } from "../lib/job-words.js";
import { View } from "../lib/view.js";

const LEAVES_AFTER = 6000;

class Card {
	title = span("dock-title");
	words = span("muted @dock-words");
	level = h("i");
	sign = span("dock-sign");
	leaving = new AbortController();
	timer = 0;

	/** @param {Followed} one */
	constructor(one) {
		this.followed = one;
		const on = { click: () => followed.show(one) }, meter = span("meter", this.level);
		const given = { type: "button", class: "dock-open", testid: "dock-open", on };
		const open = h("button", given, this.title, this.words, meter);
		const close = iconButton("close", "Stop watching this job", () => followed.dismiss(one), "@dock-close");
		this.element = div({ class: "dock-card", testid: "dock-job", "data-job": one.id }, this.sign, open, close);
		one.watch.addEventListener("change", () => this.render(), { signal: this.leaving.signal });
		this.render();
	}

	render() {
		const { watch } = this.followed, { job, connection } = watch;
		const { word, sign, mood } = STATES[job.state], { percentage } = job.progress;
		if (this.element.dataset.state !== job.state) fill(this.sign, icon(sign));
		Object.assign(this.element.dataset, { mood, state: job.state });
		setText(this.title, jobTitle(job));
		const progress = percentage === null ? word : `${percentage}%`;
		const live = connection === "websocket" ? progress : `${progress}, ${connectionWord(watch)}`;
		setText(this.words, isEnded(job) ? word : live);
		this.level.style.width = `${percentage ?? 0}%`;
		if (job.state === "completed") this.timer ||= setTimeout(() => followed.dismiss(this.followed), LEAVES_AFTER);
	}

	leave() {
		clearTimeout(this.timer);
		this.leaving.abort();
		this.element.remove();
	}
}

/** The jobs that run in the background. It comes with the first job; until then its element in the page is nothing. */
class KvDock extends View {
	/** @type {Map<Followed, Card>} */
	cards = new Map();

	/** @override */
	connected() {
		this.on(followed, "change", () => this.render());
	}

	render() {
		const docked = followed.inDock;
		for (const [one, card] of this.cards) {
			if (docked.includes(one)) continue;
			card.leave();
			this.cards.delete(one);
		}
		for (const one of docked) {
			if (this.cards.has(one)) continue;
			const card = new Card(one);
			this.cards.set(one, card);
			this.append(card.element);
		}
		this.hidden = docked.length === 0;
	}
}

customElements.define("kv-dock", KvDock);
