/** @import { JobSelection, Namespace, Route } from "../lib/types.js" */
import { api, isAbort, reason } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { fill, h, icon, settled } from "../lib/dom.js";
import { count, counted } from "../lib/format.js";
import { takeKeys } from "../lib/keyboard.js";
import { KeyPages } from "../lib/key-pages.js";
import { marked, quoted, visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href, router } from "../lib/router.js";
import { Selection } from "../lib/selection.js";
import { openCopy, openDelete } from "./bulk-dialogs.js";
import { KvEntry } from "./kv-entry.js";
import { KvFolders, likelyDelimiter } from "./kv-folders.js";
import { KvKeyTable } from "./kv-key-table.js";
import { openExport, openImport } from "./transfer-dialogs.js";

const PAGE = 1000;

/** The keys of one namespace under a prefix, their folders, and one entry beside them. */
export class KvKeys extends HTMLElement {
    /** @type {Route} */
    route = router.route;
    /** @type {Namespace} */
    namespace = { id: "", title: "", protected: false };
    selection = new Selection();
    pages = new KeyPages(() => Promise.reject(new Error("not shown yet")));
    /** @type {string | null} the prefix that the rows belong to */
    listed = null;
    /** @type {string | null} */
    delimiter = null;
    heading = h("h1", { tabindex: -1 });
    field = h("input", {
        type: "search",
        "aria-label": "Prefix",
        placeholder: "Prefix",
        testid: "prefix",
        spellcheck: "false",
        autocapitalize: "off",
    });
    tools = h("span", { class: "tools" });
    status = h("div", { class: "status", testid: "status" });
    folders = new KvFolders();
    table = new KvKeyTable();
    bulk = h("div", { class: "bulk", role: "region", "aria-label": "Selection", testid: "bulk-bar", hidden: true });
    empty = h("div", { class: "empty", hidden: true });
    entry = new KvEntry();
    list = h("section", { class: "list", "aria-label": "Keys" }, this.status, this.table, this.empty, this.bulk);
    leaving = new AbortController();

    connectedCallback() {
        this.className = "view keys-view";
        const { signal } = this.leaving;
        const filter = h("span", { class: "field mono" }, icon("find"), this.field, h("kbd", {}, "/"));
        this.folders.hidden = true;
        fill(
            this,
            h("header", { class: "top" }, this.heading, h("div", { class: "right" }, filter, this.tools)),
            h("div", { class: "keys-body" }, this.folders, this.list, this.entry),
        );
        const typed = settled(180, () => this.goTo(this.field.value));
        this.field.addEventListener("input", typed, { signal });
        this.field.addEventListener("keydown", (event) => this.typing(event), { signal });
        signal.addEventListener("abort", typed.cancel);
        this.selection.addEventListener("change", () => this.showBulk());
        this.table.addEventListener(
            "kv-open",
            (event) => event instanceof CustomEvent && this.open(event.detail.name, event.detail.edit),
        );
        this.entry.addEventListener("kv-closed", () => this.closeEntry());
        this.entry.addEventListener(
            "kv-stored",
            (event) => event instanceof CustomEvent && this.stored(event.detail.name),
        );
        document.addEventListener("kv-changed", (event) => {
            if (event instanceof CustomEvent && event.detail.namespaces.includes(this.route.namespace)) this.refresh();
        }, { signal });
        takeKeys({
            "/": () => this.field.select(),
            j: () => this.table.move(1),
            k: () => this.table.move(-1),
            x: () => this.table.mark(),
            e: () => this.table.open(this.table.active, true),
            n: () => this.create(),
            Escape: () => this.escape(),
        }, signal);
        router.guard = () => this.entry.mayLeave();
    }

    disconnectedCallback() {
        this.leaving.abort();
        this.pages.stop();
    }

    /** @param {Route} route */
    show(route) {
        const first = this.listed === null;
        this.route = route;
        if (document.activeElement !== this.field) this.field.value = route.prefix;
        this.table.linkTo = (name) => href.entry(route.store, route.namespace, name, route);
        if (first) whileBusy(() => this.meet());
        if (route.prefix !== this.listed) this.load(false);
        else if (!first && this.delimiter !== route.by && route.by) this.showFolders();
        this.showEntry();
        this.showHead();
    }

    /** Asks for the namespace itself. */
    async meet() {
        const { store, namespace } = this.route;
        this.namespace = catalog.namespace(store, namespace) ?? { ...this.namespace, id: namespace };
        try {
            this.namespace = await api.namespace(store, namespace, this.leaving.signal);
            catalog.learn(store, this.namespace);
        } catch {
            // What is wrong with it the list of its keys says, too.
        }
        this.showHead();
    }

    refresh() {
        whileBusy(() => this.meet());
        this.selection.clear();
        this.load(true);
        this.entry.refresh();
    }

    /** @param {boolean} again whether the same rows are looked at anew, so that the place is kept */
    async load(again) {
        const { store, namespace, prefix } = this.route;
        const reached = again ? Math.min(this.table.active, 20 * PAGE) : 0;
        this.listed = prefix;
        const pages = new KeyPages((cursor, first, signal) =>
            api.keys(store, namespace, { prefix, cursor, limit: PAGE, count: first || undefined }, signal)
        );
        this.pages.stop();
        this.pages = pages;
        if (!again) this.selection.clear();
        this.list.setAttribute("aria-busy", "true");
        pages.addEventListener("change", () => this.pages === pages && this.showStatus());
        await whileBusy(async () => {
            await pages.reach(reached);
            if (this.pages !== pages) return;
            this.list.removeAttribute("aria-busy");
            this.table.look(pages, this.selection, prefix, again);
            this.showStatus();
            this.showBulk();
            await this.showFolders();
        });
    }

    async showFolders() {
        const { store, namespace, prefix, by } = this.route;
        this.delimiter = by ?? this.delimiter ?? likelyDelimiter(this.pages.names(0, 200));
        if (this.delimiter === null) return void (this.folders.hidden = true);
        await this.folders.show({ store, namespace, prefix, by: this.delimiter, chosen: by !== null });
    }

    showHead() {
        const { store, namespace, prefix, by } = this.route;
        const title = this.namespace.title || namespace;
        document.title = `${visible(this.route.key ?? title)} – KV Manager`;
        const delimiter = by ?? this.delimiter ?? "/";
        const steps = prefix ? prefix.split(delimiter) : [];
        const crumbs = steps.slice(0, -1).map((step, index) => {
            const to = steps.slice(0, index + 1).join(delimiter) + delimiter;
            return [
                h("span", { class: "slash" }, delimiter),
                h(
                    "a",
                    { href: href.keys(store, namespace, { prefix: to, by }), class: "crumb" },
                    h("bdi", {}, marked(step)),
                ),
            ];
        });
        const label = catalog.shelf(store)?.label || store;
        fill(
            this.heading,
            h("a", { href: "/", class: "crumb" }, label),
            h("span", { class: "slash" }, "/"),
            h("a", { href: href.keys(store, namespace), class: "here" }, h("bdi", {}, marked(title))),
            crumbs.flat(),
        );
        this.heading.title = visible([label, title, ...steps.slice(0, -1)].join(" / "));
        const shut = this.isShut();
        fill(
            this.tools,
            shut && h("span", { class: "chip", title: "The server refuses changes here" }, icon("lock"), "protected"),
            h("button", {
                type: "button",
                class: "button",
                testid: "import",
                disabled: shut,
                on: { click: () => openImport(store, this.namespace) },
            }, "Import…"),
            h(
                "button",
                { type: "button", class: "button", testid: "export", on: { click: () => this.export() } },
                "Export…",
            ),
            h("button", {
                type: "button",
                class: "button primary",
                testid: "new-key",
                disabled: shut,
                on: { click: () => this.create() },
            }, "New key"),
        );
    }

    isShut() {
        return this.namespace.protected || catalog.shelf(this.route.store)?.protected === true;
    }

    showStatus() {
        const { prefix } = this.route, { length, total, complete, error } = this.pages;
        const many = total ?? (complete ? length : null);
        const words = many === null ? `${counted(length)} so far` : counted(many);
        fill(this.status, h("b", { testid: "key-count" }, words), prefix && h("span", {}, " under ", quoted(prefix)));
        const nothing = length === 0 && (complete || error !== null);
        this.table.hidden = nothing;
        this.empty.hidden = !nothing;
        this.status.hidden = nothing;
        if (!nothing) return;
        this.empty.classList.toggle("failed", error !== null);
        if (error !== null) {
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => this.load(false) } },
                "Try again",
            );
            fill(this.empty, icon("alert"), h("p", { role: "alert" }, reason(error)), again);
        } else if (prefix) {
            const clear = h(
                "button",
                { type: "button", class: "button", on: { click: () => this.goTo("") } },
                "Show all keys",
            );
            fill(this.empty, h("p", {}, "No key begins with ", quoted(prefix), "."), clear);
        } else {
            fill(
                this.empty,
                icon("box"),
                h("p", {}, "No keys yet."),
                h("p", { class: "muted" }, "Make one with “New key”, or bring many with “Import…”."),
            );
        }
    }

    /** How many keys are selected, null when that is not known. */
    get chosen() {
        return this.selection.all ? this.pages.total : this.selection.names.size;
    }

    showBulk() {
        this.bulk.hidden = this.selection.empty;
        if (this.selection.empty) return fill(this.bulk);
        const { store } = this.route, shut = this.isShut(), chosen = this.chosen, total = this.pages.total;
        const more = !this.selection.all && (total === null || total > this.selection.names.size);
        const act = (/** @type {(selection: JobSelection) => void} */ run) => ({
            click: () => run(this.selection.asked(this.route.prefix)),
        });
        fill(
            this.bulk,
            h(
                "b",
                { testid: "selected-count" },
                chosen === null
                    ? "All matching selected"
                    : `${this.selection.all ? "All " : ""}${count(chosen)} selected`,
            ),
            more &&
                h("button", {
                    type: "button",
                    class: "link",
                    testid: "select-all-matching",
                    on: { click: () => this.selection.selectAll() },
                }, total === null ? "Select all matching" : `Select all ${count(total)} matching`),
            h(
                "span",
                { class: "bulk-acts" },
                h("button", {
                    type: "button",
                    class: "button",
                    testid: "bulk-copy",
                    on: act((chosenKeys) => openCopy(store, this.namespace, chosenKeys, chosen)),
                }, "Copy…"),
                h("button", {
                    type: "button",
                    class: "button",
                    testid: "bulk-export",
                    on: act((chosenKeys) => openExport(store, this.namespace, chosenKeys, chosen)),
                }, "Export…"),
                h("button", {
                    type: "button",
                    class: "button danger",
                    testid: "bulk-delete",
                    disabled: shut,
                    on: act((chosenKeys) => openDelete(store, this.namespace, chosenKeys, chosen)),
                }, "Delete…"),
                h("button", {
                    type: "button",
                    class: "icon-button",
                    "aria-label": "Clear the selection",
                    title: "Clear the selection",
                    testid: "bulk-clear",
                    on: { click: () => this.selection.clear() },
                }, icon("close")),
            ),
        );
    }

    export() {
        const { store, prefix } = this.route;
        openExport(store, this.namespace, prefix ? { prefix } : { all: true }, this.pages.total);
    }

    /** @param {string} prefix */
    goTo(prefix) {
        const { store, namespace, key, by } = this.route;
        if (prefix === this.route.prefix) return;
        const filter = { prefix, by };
        router.go(key === null ? href.keys(store, namespace, filter) : href.entry(store, namespace, key, filter), {
            replace: true,
        });
    }

    /** @param {KeyboardEvent} event */
    typing(event) {
        if (event.key === "Enter") this.goTo(this.field.value);
        else if (event.key === "ArrowDown") this.table.go(this.table.active);
        else if (event.key === "Escape" && this.field.value) {
            this.field.value = "";
            this.goTo("");
        } else if (event.key === "Escape") this.table.go(this.table.active);
        else return;
        event.preventDefault();
    }

    escape() {
        if (this.entry.isOpen) this.entry.close();
        else if (!this.selection.empty) this.selection.clear();
        else if (this.route.prefix) this.goTo("");
    }

    showEntry() {
        const { store, namespace, key } = this.route;
        this.table.opened = key;
        if (this.listed !== null) this.table.repaint();
        this.toggleAttribute("data-entry", key !== null || this.entry.creating);
        if (key !== null) this.entry.show(store, this.namespace, namespace, key, this.pages.find(key));
        else if (!this.entry.creating) this.entry.hide();
    }

    /** @param {string} name @param {boolean} edit */
    async open(name, edit) {
        this.entry.wantsEdit = edit;
        await router.go(href.entry(this.route.store, this.route.namespace, name, this.route));
    }

    async create() {
        if (this.isShut() || !(await this.entry.mayLeave())) return;
        this.setAttribute("data-entry", "");
        this.entry.create(this.route.store, this.route.namespace, this.route.prefix);
    }

    async closeEntry() {
        await router.go(href.keys(this.route.store, this.route.namespace, this.route));
        this.toggleAttribute("data-entry", this.route.key !== null);
        this.table.go(this.table.active);
    }

    /** @param {string} name */
    async stored(name) {
        whileBusy(() => this.meet());
        await this.load(true);
        if (isAbort(this.pages.error)) return;
        if (name && this.route.key !== name) {
            router.go(href.entry(this.route.store, this.route.namespace, name, this.route));
        }
    }
}

customElements.define("kv-keys", KvKeys);
