/** @import { Folder } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { button, div, fill, h, icon, select } from "../lib/dom.js";
import { compact, count } from "../lib/format.js";
import { marked, visible } from "../lib/names.js";
import { href, router } from "../lib/router.js";
import { View } from "../lib/view.js";

const DELIMITERS = ["/", ":", ".", "|"];

/** The delimiter that most of these names share; null when none is at work. @param {string[]} names */
export function likelyDelimiter(names) {
	const uses = DELIMITERS.map((one) => ({ one, times: names.filter((name) => name.indexOf(one) > 0).length }));
	const best = uses.reduce((a, b) => (b.times > a.times ? b : a));
	return best.times > 0 && best.times * 5 >= names.length ? best.one : null;
}

/** The path down to the prefix and the folders below it, made of the keys' names by a delimiter. */
export class KvFolders extends View {
	store = "";
	namespace = "";
	within = "";
	by = "/";
	/** Whether the address has to carry the delimiter. */
	chosen = false;
	/** @type {Folder[]} */
	folders = [];
	/** @type {string | null} */
	cursor = null;
	/** @type {string | null} */
	error = null;

	/** @param {{ store: string, namespace: string, within: string, by: string, chosen: boolean }} place */
	async show(place) {
		Object.assign(this, place);
		await this.fetch(null);
	}

	/** @param {string | null} cursor of the page that is asked for */
	async fetch(cursor) {
		this.leaving.abort();
		this.leaving = new AbortController();
		const { signal } = this;
		try {
			const page = await api.keys(this.store, this.namespace, {
				prefix: this.within,
				delimiter: this.by,
				limit: 1000,
				cursor,
			}, signal);
			this.folders = [...(cursor === null ? [] : this.folders), ...(page.folders ?? [])];
			this.cursor = page.cursor;
			this.error = null;
		} catch (error) {
			if (isAbort(error)) return;
			this.error = reason(error);
		}
		this.render();
	}

	render() {
		const { by, within, folders, cursor } = this;
		const steps = within.split(by).slice(0, -1);
		const parents = steps.map((_, index) => steps.slice(0, index + 1).join(by) + by);
		this.hidden = parents.length === 0 && folders.length === 0 && !this.error && !this.chosen;
		const choose = select(DELIMITERS.map((one) => [one, one]), by, {
			"aria-label": "What folders are made by",
			testid: "delimiter",
		});
		choose.addEventListener("change", () => router.go(href.keys(this.store, this.namespace, { by: choose.value })));
		const links = [
			this.link("", 0),
			...parents.map((prefix, index) => this.link(prefix, index + 1)),
			...folders.map(({ prefix, keyCount }) => this.link(prefix, parents.length + 1, keyCount)),
		];
		const more = cursor !== null && button("Look for more", () => this.fetch(cursor), { kind: "quiet" });
		const nav = h(
			"nav",
			{ "aria-label": "Folders" },
			links,
			this.error && h("p", "rail-note bad", this.error),
			more,
		);
		fill(this, div("folders-head", h("span", {}, "Folders"), choose), nav);
	}

	/** @param {string} prefix @param {number} depth @param {number | null} [keys] */
	link(prefix, depth, keys) {
		const { by } = this, last = prefix.slice(prefix.lastIndexOf(by, prefix.length - by.length - 1) + 1);
		const here = prefix === this.within;
		const link = h(
			"a",
			{
				href: href.keys(this.store, this.namespace, { prefix, by: this.chosen ? by : null }),
				title: visible(prefix) || "All keys",
				"aria-current": here ? "true" : null,
				testid: "folder",
			},
			icon(prefix ? "folder" : "box"),
			h("bdi", { class: prefix ? "grow mono" : "grow" }, prefix ? marked(last) : "All keys"),
			typeof keys === "number" && h("span", { class: "n", title: `${count(keys)} keys` }, compact(keys)),
		);
		link.style.setProperty("--depth", String(Math.min(depth, 6)));
		return link;
	}
}

customElements.define("kv-folders", KvFolders);
