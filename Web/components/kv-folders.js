/** @import { Folder } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { compact, count } from "../lib/format.js";
import { marked, visible } from "../lib/names.js";
import { href, router } from "../lib/router.js";

export const DELIMITERS = ["/", ":", ".", "|"];

/** The delimiter that most of these names share; null when none is at work. @param {string[]} names */
export function likelyDelimiter(names) {
    const sample = names.slice(0, 200);
    const uses = DELIMITERS.map((one) => ({ one, times: sample.filter((name) => name.indexOf(one) > 0).length }));
    const best = uses.reduce((a, b) => (b.times > a.times ? b : a));
    return best.times * 5 >= sample.length && best.times > 0 ? best.one : null;
}

/** The path down to the prefix and the folders below it, made of the keys' names by a delimiter. */
export class KvFolders extends HTMLElement {
    store = "";
    namespace = "";
    within = "";
    by = "/";
    /** Whether the reader chose the delimiter, so that the address has to carry it. */
    chosen = false;
    /** @type {Folder[]} */
    folders = [];
    /** @type {string | null} */
    cursor = null;
    /** @type {string | null} */
    error = null;
    loading = false;
    /** @type {AbortController | null} */
    leaving = null;

    disconnectedCallback() {
        this.leaving?.abort();
    }

    /** @param {{ store: string, namespace: string, prefix: string, by: string, chosen: boolean }} place */
    async show(place) {
        const level = (/** @type {{ prefix: string, by: string }} */ one) =>
            one.by + one.prefix.slice(0, one.prefix.lastIndexOf(one.by) + 1);
        if (level(place) !== level(this)) this.folders = [];
        Object.assign(this, place);
        this.cursor = null;
        await this.fetch(true);
    }

    /** @param {boolean} first */
    async fetch(first) {
        this.leaving?.abort();
        const leaving = this.leaving = new AbortController();
        this.loading = true;
        this.error = null;
        const page = { prefix: this.within, delimiter: this.by, limit: 1000, cursor: first ? null : this.cursor };
        try {
            const { folders = [], cursor } = await api.keys(this.store, this.namespace, page, leaving.signal);
            this.folders = first ? folders : [...this.folders, ...folders];
            this.cursor = cursor;
        } catch (error) {
            if (isAbort(error)) return;
            this.error = reason(error);
        }
        this.loading = false;
        this.render();
    }

    /** @param {string} prefix */
    link(prefix) {
        return href.keys(this.store, this.namespace, { prefix, by: this.chosen ? this.by : null });
    }

    render() {
        const steps = this.within.split(this.by).slice(0, -1);
        const parents = steps.map((name, index) => ({
            name,
            prefix: steps.slice(0, index + 1).join(this.by) + this.by,
        }));
        const depth = parents.length + 1;
        this.hidden = parents.length === 0 && this.folders.length === 0 && !this.error && !this.chosen;
        const select = h("select", {
            "aria-label": "Folders are made by",
            title: "Folders are made by this character",
            testid: "delimiter",
        }, DELIMITERS.map((one) => h("option", { value: one, selected: one === this.by }, one)));
        select.addEventListener("change", () => router.go(href.keys(this.store, this.namespace, { by: select.value })));
        const more = this.cursor !== null &&
            h("button", { type: "button", class: "button quiet", on: { click: () => this.fetch(false) } }, "More…");
        fill(
            this,
            h("div", { class: "folders-head" }, h("span", {}, "Folders"), select),
            h(
                "nav",
                { "aria-label": "Folders" },
                this.item("All keys", "", 0, null, this.within === ""),
                parents.map((one, index) =>
                    this.item(one.name + this.by, one.prefix, index + 1, null, one.prefix === this.within)
                ),
                this.folders.map((one) => this.item(this.nameOf(one.prefix), one.prefix, depth, one.keyCount, false)),
                this.error && h("p", { class: "rail-note bad" }, this.error),
                more,
            ),
        );
    }

    /** The last step of a folder's prefix, with its delimiter. @param {string} prefix */
    nameOf(prefix) {
        return prefix.slice(prefix.lastIndexOf(this.by, prefix.length - this.by.length - 1) + 1);
    }

    /** @param {string} name @param {string} prefix @param {number} depth @param {number | null | undefined} keys @param {boolean} here */
    item(name, prefix, depth, keys, here) {
        const link = h(
            "a",
            {
                href: this.link(prefix),
                title: visible(prefix) || "All keys",
                "aria-current": here ? "true" : null,
                testid: "folder",
            },
            icon(prefix === "" ? "box" : "folder"),
            h("bdi", { class: "grow mono" }, prefix === "" ? name : marked(name)),
            typeof keys === "number" && h("span", { class: "n", title: `${count(keys)} keys` }, compact(keys)),
        );
        link.style.setProperty("--depth", String(Math.min(depth, 6)));
        return link;
    }
}

customElements.define("kv-folders", KvFolders);
