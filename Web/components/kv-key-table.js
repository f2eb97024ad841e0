/** @import { KeyItem } from "../lib/types.js" */
/** @import { KeyPages } from "../lib/key-pages.js" */
/** @import { Selection } from "../lib/selection.js" */
import { reason } from "../lib/api.js";
import { fill, h, isTyping } from "../lib/dom.js";
import { count, exact, exactSize, relative, size } from "../lib/format.js";
import { oneLine, visible } from "../lib/names.js";

const OVERSCAN = 8;
const FETCH_AHEAD = 300;

/**
 * Any number of keys as a grid of which only the rows in sight are in the page. One row takes part in the tab order; the
 * arrow keys, `j` and `k` move it. Emits `kv-open` with `{ name, edit }` when a row is opened.
 */
export class KvKeyTable extends HTMLElement {
    /** @type {KeyPages | null} */
    pages = null;
    /** @type {Selection | null} */
    selection = null;
    within = "";
    /** @type {string | null} */
    opened = null;
    /** @type {(name: string) => string} */
    linkTo = () => "";
    /** @type {Map<number, { item: KeyItem | undefined, element: HTMLElement }>} */
    rows = new Map();
    active = 0;
    anchor = 0;
    frame = 0;
    body = h("div", { class: "grid-body", role: "rowgroup" });
    note = h("div", { class: "grid-note" });
    selectAll = h("input", { type: "checkbox", "aria-label": "Select all", testid: "select-all", tabindex: 0 });
    resized = new ResizeObserver(() => this.update());

    connectedCallback() {
        this.setAttribute("role", "grid");
        this.setAttribute("aria-label", "Keys");
        this.setAttribute("aria-multiselectable", "true");
        const heads = [["", this.selectAll], ["", "Key"], ["num", "Size"], ["", "Expires"], ["", "Metadata"]];
        const head = h(
            "div",
            { class: "grid-row grid-head", role: "row", "aria-rowindex": 1 },
            heads.map(([kind, child]) => h("div", { role: "columnheader", class: String(kind) }, child)),
        );
        fill(this, h("div", { class: "grid-top", role: "rowgroup" }, head), this.body, this.note);
        this.addEventListener("scroll", this, { passive: true });
        for (const type of ["click", "keydown", "focusin", "dblclick"]) this.addEventListener(type, this);
        this.selectAll.addEventListener("change", () => this.toggleAll());
        this.resized.observe(this);
    }

    disconnectedCallback() {
        this.resized.disconnect();
        cancelAnimationFrame(this.frame);
        this.pages?.stop();
    }

    /** @param {Event} event */
    handleEvent(event) {
        if (event.type === "scroll") this.update();
        else if (event instanceof KeyboardEvent) this.pressed(event);
        else if (event.type === "focusin") this.focused(event);
        else if (event instanceof MouseEvent) this.clicked(event);
    }

    /** @param {KeyPages} pages @param {Selection} selection @param {string} prefix @param {boolean} keepPlace */
    look(pages, selection, prefix, keepPlace) {
        this.pages?.stop();
        this.pages = pages;
        this.selection = selection;
        this.within = prefix;
        if (!keepPlace) {
            this.active = this.anchor = 0;
            this.scrollTop = 0;
        }
        pages.addEventListener("change", () => this.update());
        selection.addEventListener("change", () => this.repaint());
        this.repaint();
    }

    get rowHeight() {
        return Number.parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 32;
    }

    /** Builds every row in sight anew. */
    repaint() {
        const focus = this.contains(document.activeElement) && document.activeElement !== this.selectAll;
        const box = document.activeElement instanceof HTMLInputElement;
        for (const { element } of this.rows.values()) element.remove();
        this.rows.clear();
        this.paint();
        const row = this.rows.get(this.active)?.element;
        if (focus && row) (box ? row.querySelector("input") ?? row : row).focus({ preventScroll: true });
    }

    update() {
        if (!this.frame) this.frame = requestAnimationFrame(() => this.paint());
    }

    paint() {
        cancelAnimationFrame(this.frame);
        this.frame = 0;
        const pages = this.pages;
        if (!pages || !this.isConnected) return;
        const height = this.rowHeight;
        const first = Math.max(0, Math.floor(this.scrollTop / height) - OVERSCAN);
        const last = Math.min(pages.length - 1, Math.ceil((this.scrollTop + this.clientHeight) / height) + OVERSCAN);
        this.active = Math.max(0, Math.min(this.active, pages.length - 1));
        this.body.style.height = `${pages.length * height}px`;
        this.setAttribute("aria-rowcount", String(pages.total === null ? -1 : pages.total + 1));
        for (const [index, { element }] of this.rows) {
            if (index >= pages.length || ((index < first || index > last) && index !== this.active)) {
                element.remove();
                this.rows.delete(index);
            }
        }
        for (let index = first; index <= last; index += 1) this.place(index, height);
        if (pages.length > 0 && !this.rows.has(this.active)) this.place(this.active, height);
        if (last >= pages.length - FETCH_AHEAD && pages.error === null) pages.more();
        this.tell();
    }

    /** @param {number} index @param {number} height */
    place(index, height) {
        const item = this.pages?.row(index);
        const known = this.rows.get(index);
        if (known && known.item === item) return;
        const element = this.row(index, item);
        element.style.transform = `translateY(${index * height}px)`;
        if (known) known.element.replaceWith(element);
        else this.body.append(element);
        this.rows.set(index, { item, element });
    }

    /** @param {number} index @param {KeyItem | undefined} item */
    row(index, item) {
        const chosen = item !== undefined && this.selection?.has(item.name) === true;
        const state = {
            role: "row",
            "aria-rowindex": index + 2,
            "data-index": index,
            tabindex: index === this.active ? 0 : -1,
        };
        if (!item) {
            return h(
                "div",
                { class: "grid-row waiting", ...state },
                h("div", { role: "gridcell", "aria-colspan": 5 }, "…"),
            );
        }
        const kind = `grid-row${chosen ? " on" : ""}${item.name === this.opened ? " open" : ""}`;
        const box = h("input", {
            type: "checkbox",
            checked: chosen,
            tabindex: -1,
            "aria-label": `Select ${visible(item.name)}`,
        });
        const link = h("a", { href: this.linkTo(item.name), tabindex: -1 }, oneLine(item.name, this.within));
        const when = typeof item.expiration === "number" ? item.expiration * 1000 : null;
        const soon = when !== null && when - Date.now() < 86_400_000;
        const metadata = item.metadata === undefined || item.metadata === null ? "" : JSON.stringify(item.metadata);
        return h(
            "div",
            { class: kind, "aria-selected": String(chosen), testid: "key-row", "data-key": item.name, ...state },
            h("div", { role: "gridcell" }, box),
            h("div", { role: "gridcell", class: "key" }, link),
            h("div", {
                role: "gridcell",
                class: "num",
                title: typeof item.size === "number" ? exactSize(item.size) : null,
            }, size(item.size)),
            h("div", {
                role: "gridcell",
                class: soon ? "expires soon" : "expires",
                title: when === null ? null : exact(when),
            }, when === null ? "never" : relative(when)),
            h(
                "div",
                { role: "gridcell", class: "metadata", title: metadata && visible(metadata.slice(0, 1200)) },
                h("bdi", {}, visible(metadata.slice(0, 200))),
            ),
        );
    }

    /** The line under the rows, and the state of "select all". */
    tell() {
        const { pages, selection } = this;
        if (!pages || !selection) return;
        this.selectAll.checked = selection.all ||
            (pages.length > 0 && pages.whole && selection.names.size >= pages.length);
        this.selectAll.indeterminate = !this.selectAll.checked && !selection.empty;
        if (pages.error !== null) {
            if (this.note.dataset.says === "error") return;
            this.note.dataset.says = "error";
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => pages.more() } },
                "Try again",
            );
            return fill(this.note, h("span", { role: "alert" }, reason(pages.error)), again);
        }
        delete this.note.dataset.says;
        if (pages.full) {
            return fill(
                this.note,
                `These are the first ${count(pages.length)} keys. A longer prefix shows those further on.`,
            );
        }
        fill(this.note, pages.loading && pages.length > 0 ? "Loading more…" : "");
    }

    toggleAll() {
        const { pages, selection } = this;
        if (!pages || !selection) return;
        if (this.selectAll.checked) selection.set(pages.names(), true);
        else selection.clear();
    }

    /** @param {EventTarget | null} target */
    indexOf(target) {
        const row = target instanceof Element ? target.closest(".grid-row[data-index]") : null;
        return row instanceof HTMLElement ? Number(row.dataset.index) : -1;
    }

    /** @param {Event} event */
    focused(event) {
        const index = this.indexOf(event.target);
        if (index < 0 || index === this.active) return;
        this.rows.get(this.active)?.element.setAttribute("tabindex", "-1");
        this.active = index;
        this.rows.get(index)?.element.setAttribute("tabindex", "0");
    }

    /** @param {MouseEvent} event */
    clicked(event) {
        const index = this.indexOf(event.target);
        if (index < 0 || !(event.target instanceof Element) || event.type === "dblclick") return;
        const inBox = event.target.closest("[role=gridcell]:first-child") !== null;
        if (inBox || event.shiftKey) {
            const box = event.target instanceof HTMLInputElement ? event.target : null;
            const name = this.pages?.row(index)?.name;
            const on = box ? box.checked : !(name !== undefined && this.selection?.has(name));
            if (!box) event.preventDefault();
            this.choose(index, on || event.shiftKey, event.shiftKey);
            this.go(index, box !== null);
        } else if (!event.target.closest("a") && !event.metaKey && !event.ctrlKey) {
            this.open(index);
        }
    }

    /** @param {KeyboardEvent} event */
    pressed(event) {
        if (isTyping(event.target) || event.metaKey || event.altKey || event.target === this.selectAll) return;
        if (event.ctrlKey && event.key !== "a") return;
        const page = Math.max(1, Math.floor(this.clientHeight / this.rowHeight) - 2);
        const last = (this.pages?.length ?? 1) - 1;
        /** @type {Record<string, () => void>} */
        const acts = {
            ArrowDown: () => this.move(1, event.shiftKey),
            ArrowUp: () => this.move(-1, event.shiftKey),
            PageDown: () => this.move(page, event.shiftKey),
            PageUp: () => this.move(-page, event.shiftKey),
            Home: () => this.go(0),
            End: () => this.go(last),
            " ": () => this.mark(event.shiftKey),
            Enter: () => this.open(this.active),
        };
        if (event.ctrlKey) acts.a = () => this.selection?.set(this.pages?.names() ?? [], true);
        const act = acts[event.key];
        if (!act) return;
        event.preventDefault();
        act();
    }

    /** @param {number} step @param {boolean} [extend] */
    move(step, extend = false) {
        const has = this.contains(document.activeElement) && document.activeElement !== this.selectAll;
        this.go(has ? this.active + step : this.active);
        if (extend) this.choose(this.active, true, true);
    }

    /** Selects the row that is active, or no longer. @param {boolean} [range] */
    mark(range = false) {
        const name = this.pages?.row(this.active)?.name;
        if (name !== undefined) this.choose(this.active, range || !this.selection?.has(name), range);
    }

    /** @param {number} index @param {boolean} on @param {boolean} range */
    choose(index, on, range) {
        const { pages, selection } = this;
        if (!pages || !selection) return;
        if (selection.all) selection.only(pages.names());
        const [from, to] = range ? [Math.min(this.anchor, index), Math.max(this.anchor, index)] : [index, index];
        if (!range) this.anchor = index;
        selection.set(pages.names(from, to), on);
    }

    /** Makes a row the active one and brings it into sight. @param {number} index @param {boolean} [keepFocus] */
    go(index, keepFocus = false) {
        const last = (this.pages?.length ?? 0) - 1;
        if (last < 0) return;
        const before = this.rows.get(this.active)?.element;
        before?.setAttribute("tabindex", "-1");
        this.active = Math.max(0, Math.min(index, last));
        const height = this.rowHeight,
            top = this.active * height,
            head = this.querySelector(".grid-top")?.clientHeight ?? 0;
        if (top < this.scrollTop) this.scrollTop = top;
        else if (top + height > this.scrollTop + this.clientHeight - head) {
            this.scrollTop = top + height - this.clientHeight + head;
        }
        this.paint();
        const row = this.rows.get(this.active)?.element;
        row?.setAttribute("tabindex", "0");
        if (!keepFocus) row?.focus({ preventScroll: true });
    }

    /** @param {number} index @param {boolean} [edit] */
    open(index, edit = false) {
        const name = this.pages?.row(index)?.name;
        if (name !== undefined) this.dispatchEvent(new CustomEvent("kv-open", { detail: { name, edit } }));
    }
}

customElements.define("kv-key-table", KvKeyTable);
