/** @import { KeyItem } from "../lib/types.js" */
import { reason } from "../lib/api.js";
import { button, div, fill, h } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { KeyPages } from "../lib/key-pages.js";
import { Selection } from "../lib/selection.js";
import { headRow, keyRow } from "./key-row.js";
import { KeyTableInput } from "./key-table-input.js";

const OVERSCAN = 8;
const FETCH_AHEAD = 300;

/**
 * Any number of keys as a grid of which only the rows in sight are in the page. One row, the active one, takes part in the
 * tab order. Emits `kv-open` with `{ name, edit }` when a row is opened.
 */
export class KvKeyTable extends HTMLElement {
	pages = new KeyPages(() => Promise.reject(new Error("nothing to show yet")));
	selection = new Selection();
	within = "";
	/** @type {string | null} */
	opened = null;
	/** @type {(name: string) => string} */
	linkTo = () => "";
	/** @type {Map<number, { item: KeyItem | undefined, element: HTMLElement }>} */
	rows = new Map();
	active = 0;
	frame = 0;
	says = "";
	selectAll = h("input", { type: "checkbox", "aria-label": "Select all", testid: "select-all" });
	topRow = h("div", { class: "grid-top", role: "rowgroup" }, headRow(this.selectAll));
	body = h("div", { class: "grid-body", role: "rowgroup" });
	note = div("grid-note");
	input = new KeyTableInput(this);
	resized = new ResizeObserver(() => this.update());
	changed = () => this.update();
	chosen = () => this.repaint();

	connectedCallback() {
		this.setAttribute("role", "grid");
		this.setAttribute("aria-label", "Keys");
		this.setAttribute("aria-multiselectable", "true");
		fill(this, this.topRow, this.body, this.note);
		this.addEventListener("scroll", this.changed, { passive: true });
		this.resized.observe(this);
	}

	disconnectedCallback() {
		this.removeEventListener("scroll", this.changed);
		this.resized.disconnect();
		cancelAnimationFrame(this.frame);
	}

	/** @param {KeyPages} pages @param {Selection} selection @param {string} prefix @param {boolean} keepPlace */
	look(pages, selection, prefix, keepPlace) {
		this.pages.removeEventListener("change", this.changed);
		this.selection.removeEventListener("change", this.chosen);
		Object.assign(this, { pages, selection, within: prefix });
		if (!keepPlace) this.active = this.input.anchor = this.scrollTop = 0;
		pages.addEventListener("change", this.changed);
		selection.addEventListener("change", this.chosen);
		this.repaint();
	}

	get rowHeight() {
		return Number.parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 32;
	}

	repaint() {
		const focus = document.activeElement, inside = focus?.closest(".grid-body") && this.contains(focus);
		for (const { element } of this.rows.values()) element.remove();
		this.rows.clear();
		this.paint();
		const row = this.rows.get(this.active)?.element;
		if (inside) {
			(focus instanceof HTMLInputElement ? row?.querySelector("input") : row)?.focus({ preventScroll: true });
		}
	}

	update() {
		this.frame ||= requestAnimationFrame(() => this.paint());
	}

	paint() {
		cancelAnimationFrame(this.frame);
		this.frame = 0;
		const { pages } = this;
		if (!this.isConnected) return;
		const height = this.rowHeight;
		const first = Math.max(0, Math.floor(this.scrollTop / height) - OVERSCAN);
		const last = Math.min(pages.length - 1, Math.ceil((this.scrollTop + this.clientHeight) / height) + OVERSCAN);
		this.active = Math.max(0, Math.min(this.active, pages.length - 1));
		this.body.style.height = `${pages.length * height}px`;
		this.setAttribute("aria-rowcount", String(pages.total === null ? -1 : pages.total + 1));
		for (const [index, { element }] of this.rows) {
			if (index < pages.length && ((index >= first && index <= last) || index === this.active)) continue;
			element.remove();
			this.rows.delete(index);
		}
		for (let index = first; index <= last; index += 1) this.place(index, height);
		if (pages.length > 0 && !this.rows.has(this.active)) this.place(this.active, height);
		if (last >= pages.length - FETCH_AHEAD && pages.error === null) pages.more();
		this.tell();
	}

	/** @param {number} index @param {number} height */
	place(index, height) {
		const item = this.pages.row(index), known = this.rows.get(index);
		if (known && known.item === item) return;
		const name = item?.name ?? "";
		const element = keyRow(index, item, {
			chosen: this.selection.has(name),
			opened: name === this.opened,
			active: index === this.active,
			prefix: this.within,
			link: this.linkTo(name),
		});
		element.style.transform = `translateY(${index * height}px)`;
		if (known) known.element.replaceWith(element);
		else this.body.append(element);
		this.rows.set(index, { item, element });
	}

	tell() {
		const { pages, selection, selectAll } = this;
		selectAll.checked = selection.all || (pages.length > 0 && pages.whole && selection.names.size >= pages.length);
		selectAll.indeterminate = !selectAll.checked && !selection.empty;
		const limit = `These are the first ${count(pages.length)} keys. A longer prefix shows those further on.`;
		const says = pages.error !== null
			? reason(pages.error)
			: pages.full
			? limit
			: pages.loading && pages.length
			? "Loading more…"
			: "";
		if (says === this.says) return;
		this.says = says;
		fill(this.note, says, pages.error !== null && button("Try again", () => pages.more()));
	}

	/** @param {number} index */
	activate(index) {
		this.rows.get(this.active)?.element.setAttribute("tabindex", "-1");
		this.active = Math.max(0, Math.min(index, this.pages.length - 1));
		this.rows.get(this.active)?.element.setAttribute("tabindex", "0");
	}

	/** Brings the row into sight, too. @param {number} index @param {boolean} [keepFocus] */
	go(index, keepFocus = false) {
		if (this.pages.length === 0) return;
		this.activate(index);
		const height = this.rowHeight, top = this.active * height, room = this.clientHeight - this.topRow.clientHeight;
		if (top < this.scrollTop) this.scrollTop = top;
		else if (top + height > this.scrollTop + room) this.scrollTop = top + height - room;
		this.paint();
		if (!keepFocus) this.rows.get(this.active)?.element.focus({ preventScroll: true });
	}

	/** @param {number} index @param {boolean} [edit] */
	open(index, edit = false) {
		const name = this.pages.row(index)?.name;
		if (name !== undefined) this.dispatchEvent(new CustomEvent("kv-open", { detail: { name, edit } }));
	}
}

customElements.define("kv-key-table", KvKeyTable);
