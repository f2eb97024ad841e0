/** @import { Namespace } from "../lib/types.js" */
/** @import { Shelf } from "../lib/catalog.js" */
import { api, reason } from "../lib/api.js";
import { catalog, isRemote } from "../lib/catalog.js";
import { fill, h, icon, settled, toast } from "../lib/dom.js";
import { count, counted, exact, exactSize, instant, relative, size } from "../lib/format.js";
import { takeKeys } from "../lib/keyboard.js";
import { copyText, menuButton } from "../lib/modal.js";
import { oneLine, visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";
import { createNamespace, deleteNamespace, protectNamespace, renameNamespace } from "./namespace-dialogs.js";
import { openExport, openImport } from "./transfer-dialogs.js";

/** All stores with their namespaces. */
export class KvNamespaces extends HTMLElement {
    filter = h("input", {
        type: "search",
        placeholder: "Filter namespaces",
        "aria-label": "Filter namespaces",
        testid: "namespace-filter",
        spellcheck: "false",
    });
    list = h("div", { class: "scroll" });
    /** What the server found where a store has more than is loaded. @type {Map<string, { namespaces: Namespace[], cursor: string | null }>} */
    found = new Map();
    /** @type {AbortController | null} */
    leaving = null;

    connectedCallback() {
        document.title = "Namespaces – KV Manager";
        this.className = "view";
        this.leaving = new AbortController();
        const { signal } = this.leaving;
        const create = h("button", {
            type: "button",
            class: "button primary",
            testid: "new-namespace",
            on: { click: () => createNamespace() },
        }, "New namespace");
        fill(
            this,
            h(
                "header",
                { class: "top" },
                h("h1", { tabindex: -1 }, "Namespaces"),
                h(
                    "div",
                    { class: "right" },
                    h("span", { class: "field" }, icon("find"), this.filter, h("kbd", {}, "/")),
                    create,
                ),
            ),
            this.list,
        );
        const search = settled(200, () => whileBusy(() => this.search()));
        this.filter.addEventListener("input", () => {
            this.render();
            search();
        }, { signal });
        this.filter.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            this.filter.value = "";
            this.found.clear();
            this.render();
        }, { signal });
        signal.addEventListener("abort", search.cancel);
        catalog.addEventListener("change", () => this.render(), { signal });
        takeKeys({ "/": () => this.filter.focus() }, signal);
        this.render();
        if (catalog.loaded) catalog.refresh();
    }

    disconnectedCallback() {
        this.leaving?.abort();
    }

    /** Asks the server for what the filter means in stores that are not wholly loaded. */
    async search() {
        const query = this.filter.value.trim();
        this.found.clear();
        const partly = query ? catalog.shelves.filter((shelf) => shelf.cursor !== null) : [];
        await Promise.all(partly.map(async (shelf) => {
            try {
                const page = await api.namespaces(shelf.name, { query }, this.leaving?.signal);
                if (this.filter.value.trim() === query) this.found.set(shelf.name, page);
            } catch {
                // What is loaded is filtered all the same.
            }
        }));
        this.render();
    }

    render() {
        if (!catalog.loaded) {
            if (!catalog.error) return fill(this.list, h("div", { class: "empty" }, h("p", {}, "Loading…")));
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => catalog.refresh() } },
                "Try again",
            );
            return fill(
                this.list,
                h("div", { class: "empty failed", role: "alert" }, icon("alert"), h("p", {}, catalog.error), again),
            );
        }
        const place = this.list.scrollTop;
        fill(this.list, catalog.shelves.map((shelf) => this.store(shelf)));
        this.list.scrollTop = place;
    }

    /** @param {Shelf} shelf */
    store(shelf) {
        const query = this.filter.value.trim().toLowerCase();
        const known = this.found.get(shelf.name)?.namespaces ?? shelf.namespaces;
        const shown = query
            ? known.filter((one) => one.title.toLowerCase().includes(query) || one.id === query)
            : known;
        const remote = isRemote(shelf);
        const head = h(
            "div",
            { class: "store-head" },
            h("h2", {}, shelf.label || shelf.name),
            h("span", { class: remote ? "tag remote" : "tag" }, remote ? "Remote" : "Local"),
            shelf.protected && h("span", { class: "chip" }, icon("lock"), "protected"),
            !shelf.reachable && h("span", { class: "chip bad" }, "not reachable"),
            h(
                "span",
                { class: "muted" },
                shelf.loaded ? counted(known.length, "namespace") + (shelf.cursor ? " loaded" : "") : "",
            ),
        );
        return h("section", { class: "store", "data-store": shelf.name }, head, this.body(shelf, shown, query));
    }

    /** @param {Shelf} shelf @param {Namespace[]} shown @param {string} query */
    body(shelf, shown, query) {
        if (shelf.error) {
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => catalog.reload(shelf) } },
                "Try again",
            );
            return h("div", { class: "empty failed", role: "alert" }, icon("alert"), h("p", {}, shelf.error), again);
        }
        if (!shelf.loaded) return h("div", { class: "empty" }, h("p", {}, "Loading…"));
        if (shown.length === 0) {
            if (query) return h("div", { class: "empty" }, h("p", {}, "No namespace matches the filter."));
            const create = h("button", {
                type: "button",
                class: "button",
                on: { click: () => createNamespace(shelf.name) },
            }, "Create the first one");
            return h(
                "div",
                { class: "empty" },
                h("p", {}, "No namespaces yet. A namespace holds keys and their values."),
                create,
            );
        }
        const heads = [["", "Namespace"], ["num", "Keys"], ["num", "Values"], ["wide", "Changed"], ["wide", "ID"]];
        const table = h(
            "table",
            { class: "plain" },
            h(
                "thead",
                {},
                h(
                    "tr",
                    {},
                    heads.map(([kind, words]) => h("th", { class: kind, scope: "col" }, words)),
                    h("th", { scope: "col" }, h("span", { class: "unseen" }, "Actions")),
                ),
            ),
            h("tbody", {}, shown.map((one) => this.row(shelf, one))),
        );
        const more = shelf.cursor !== null && !this.found.has(shelf.name) &&
            h("button", { type: "button", class: "button", on: { click: () => this.more(shelf) } }, "Load more");
        return h("div", {}, table, more && h("div", { class: "more" }, more));
    }

    /** @param {Shelf} shelf @param {Namespace} one */
    row(shelf, one) {
        const changed = instant(one.changedAt ?? one.createdAt);
        const shut = one.protected || shelf.protected;
        const locked = one.protected && h("span", { class: "chip" }, icon("lock"), "protected");
        return h(
            "tr",
            { testid: "namespace-row", "data-id": one.id },
            h("td", { class: "main" }, h("a", { href: href.keys(shelf.name, one.id) }, oneLine(one.title)), locked),
            h("td", { class: "num" }, count(one.keyCount)),
            h(
                "td",
                { class: "num", title: typeof one.valueBytes === "number" ? exactSize(one.valueBytes) : null },
                size(one.valueBytes),
            ),
            h(
                "td",
                { class: "wide", title: changed === null ? null : exact(changed) },
                changed === null ? "–" : relative(changed),
            ),
            h("td", { class: "wide mono dim", title: one.id }, one.id.slice(0, 8)),
            h(
                "td",
                { class: "actions" },
                h("button", {
                    type: "button",
                    class: "button quiet wide",
                    disabled: shut,
                    testid: "row-import",
                    on: { click: () => openImport(shelf.name, one) },
                }, "Import…"),
                h("button", {
                    type: "button",
                    class: "button quiet wide",
                    testid: "row-export",
                    on: { click: () => openExport(shelf.name, one, { all: true }, one.keyCount) },
                }, "Export…"),
                menuButton(`More for ${visible(one.title)}`, [
                    { label: "Rename…", testid: "rename", disabled: shut, run: () => renameNamespace(shelf.name, one) },
                    { label: "Import…", testid: "menu-import", disabled: shut, run: () => openImport(shelf.name, one) },
                    {
                        label: "Export…",
                        testid: "menu-export",
                        run: () => openExport(shelf.name, one, { all: true }, one.keyCount),
                    },
                    {
                        label: one.protected ? "Allow changes" : "Protect from changes",
                        testid: "protect",
                        run: () => protectNamespace(shelf.name, one),
                    },
                    { label: "Copy ID", testid: "copy-id", run: () => copyText(one.id, "ID") },
                    {
                        label: "Delete…",
                        testid: "delete",
                        dangerous: true,
                        disabled: shut,
                        run: () => deleteNamespace(shelf.name, one),
                    },
                ]),
            ),
        );
    }

    /** @param {Shelf} shelf */
    async more(shelf) {
        try {
            await whileBusy(() => catalog.more(shelf));
        } catch (error) {
            toast(reason(error), "bad");
        }
    }
}

customElements.define("kv-namespaces", KvNamespaces);
