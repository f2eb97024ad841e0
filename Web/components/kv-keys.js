/** @import { Namespace, Route } from "../lib/types.js" */
import { api } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import { button, div, fill, h, icon, settled, span, VERBATIM, viewHead, viewHeading } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { takeKeys } from "../lib/keyboard.js";
import { KeyPages } from "../lib/key-pages.js";
import { quoted, visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href, router } from "../lib/router.js";
import { Selection } from "../lib/selection.js";
import { View } from "../lib/view.js";
import { crumbs, noKeys } from "./keys-words.js";
import { KvBulkBar } from "./kv-bulk-bar.js";
import { KvEntry } from "./kv-entry.js";
import { KvFolders, likelyDelimiter } from "./kv-folders.js";
import { KvKeyTable } from "./kv-key-table.js";
import { openExport, openImport } from "./transfer-dialogs.js";

const PAGE = 1000;

/** The keys of one namespace under a prefix, their folders, and one entry beside them. */
export class KvKeys extends View {
	route = router.route;
	/** @type {Namespace} */
	namespace = { id: "", title: "", protected: false };
	selection = new Selection();
	/** @type {KeyPages | null} */
	pages = null;
	/** @type {string | null} the prefix that the rows belong to */
	listed = null;
	/** @type {string | null} */
	delimiter = null;
	heading = viewHeading();
	field = h("input", {
		type: "search",
		"aria-label": "Prefix",
		placeholder: "Prefix",
		testid: "prefix",
		...VERBATIM,
	});
	chip = h("span", { class: "chip", hidden: true }, icon("lock"), "protected");
	import = button("Import…", () => openImport(this.route.store, this.namespace), { testid: "import" });
	newKey = button("New key", () => this.create(), { kind: "primary", testid: "new-key" });
	tools = span(
		"tools",
		this.chip,
		this.import,
		button("Export…", () => this.export(), { testid: "export" }),
		this.newKey,
	);
	status = h("div", { class: "status", testid: "status", role: "status" });
	folders = Object.assign(new KvFolders(), { hidden: true });
	table = new KvKeyTable();
	bulk = new KvBulkBar();
	empty = div("nothing");
	entry = new KvEntry();
	list = h("section", { class: "list", "aria-label": "Keys" }, this.status, this.table, this.empty, this.bulk);

	/** @override */
	connected() {
		const { signal, table, entry, field } = this;
		this.className = "view keys-view";
		const filter = span("field mono", icon("find"), field, h("kbd", {}, "/"));
		fill(this, viewHead(this.heading, filter, this.tools), div("keys-body", this.folders, this.list, entry));
		const typed = settled(180, () => this.goTo(field.value));
		field.addEventListener("input", typed);
		field.addEventListener("keydown", (event) => this.typing(event));
		signal.addEventListener("abort", typed.cancel);
		signal.addEventListener("abort", () => this.pages?.stop());
		this.selection.addEventListener("change", () => this.showBulk(), { signal });
		table.addEventListener("kv-open", (event) => event instanceof CustomEvent && this.open(event.detail));
		table.linkTo = (name) => this.addressOf(name);
		entry.addEventListener("kv-closed", () => this.closed());
		entry.addEventListener("kv-stored", (event) => event instanceof CustomEvent && this.stored(event.detail.name));
		document.addEventListener("kv-changed", (event) => {
			if (event instanceof CustomEvent && event.detail.namespaces.includes(this.route.namespace)) this.refresh();
		}, { signal });
		takeKeys({
			"/": () => field.select(),
			j: () => table.input.move(1),
			k: () => table.input.move(-1),
			x: () => table.input.mark(),
			e: () => table.open(table.active, true),
			n: () => this.create(),
			Escape: () => entry.isOpen ? entry.close() : this.selection.empty ? this.goTo("") : this.selection.clear(),
		}, signal);
		router.guard = () => entry.mayLeave();
	}

	/** @param {Route} route */
	show(route) {
		const { store, namespace, prefix, by, key } = route, known = this.listed !== null;
		this.route = route;
		if (document.activeElement !== this.field || !this.field.value) this.field.value = prefix;
		this.table.opened = key;
		if (!known) this.meet();
		if (prefix !== this.listed) this.load(false);
		else this.table.repaint();
		if (known && by !== null && by !== this.delimiter) this.showFolders();
		this.entry.protect(this.shut);
		if (key !== null) this.entry.show(store, namespace, key, this.pages?.find(key));
		else if (!this.entry.creating) this.entry.hide();
		this.toggleAttribute("data-entry", this.entry.isOpen);
		this.showHead();
	}

	/** Asks for the namespace itself. What is wrong with it the list of its keys says, too. */
	async meet() {
		const { store, namespace: id } = this.route;
		this.namespace = catalog.namespace(store, id) ?? { ...this.namespace, id };
		const found = await whileBusy(() => api.namespace(store, id, this.signal).catch(() => null));
		if (!found) return;
		this.namespace = found;
		catalog.learn(store, found);
		this.entry.protect(this.shut);
		this.showHead();
	}

	refresh() {
		this.meet();
		this.selection.clear();
		this.load(true);
		this.entry.refresh();
	}

	/** @param {boolean} again whether the same rows are looked at anew, so that the place is kept */
	async load(again) {
		const { store, namespace, prefix } = this.route;
		const pages = new KeyPages((cursor, first, signal) =>
			api.keys(store, namespace, { prefix, cursor, limit: PAGE, count: first || undefined }, signal)
		);
		this.pages?.stop();
		this.pages = pages;
		this.listed = prefix;
		if (!again) this.selection.clear();
		this.list.ariaBusy = "true";
		await whileBusy(async () => {
			await pages.reach(again ? Math.min(this.table.active, 20 * PAGE) : 0);
			if (this.pages !== pages) return;
			this.list.ariaBusy = null;
			pages.addEventListener("change", () => this.showStatus());
			this.table.look(pages, this.selection, prefix, again);
			this.showStatus();
			this.showBulk();
			await this.showFolders();
		});
	}

	async showFolders() {
		const { store, namespace, prefix, by } = this.route;
		this.delimiter = by ?? this.delimiter ?? likelyDelimiter(this.pages?.names(0, 200) ?? []);
		if (this.delimiter !== null) {
			await this.folders.show({ store, namespace, within: prefix, by: this.delimiter, chosen: by !== null });
		}
	}

	get shut() {
		return this.namespace.protected || catalog.shelf(this.route.store)?.protected === true;
	}

	showHead() {
		const { route, shut } = this, { store, namespace, by, key } = route;
		const title = this.namespace.title || namespace;
		const names = {
			store: catalog.shelf(store)?.label || store,
			namespace: title,
			delimiter: by ?? this.delimiter ?? "/",
		};
		document.title = `${visible(key ?? title)} – KV Manager`;
		fill(this.heading, crumbs(route, names));
		this.chip.hidden = !shut;
		this.import.disabled = this.newKey.disabled = shut;
	}

	showStatus() {
		if (!this.pages) return;
		const { prefix } = this.route, { length, total, complete, error } = this.pages;
		const words = total === null && !complete ? `${counted(length)} so far` : counted(total ?? length);
		const nothing = length === 0 && (complete || error !== null);
		fill(this.status, h("b", { testid: "key-count" }, words), prefix && " under ", prefix && quoted(prefix));
		this.table.hidden = this.status.hidden = nothing;
		this.empty.hidden = !nothing;
		if (!nothing) return;
		fill(this.empty, noKeys(prefix, error, { again: () => this.load(false), clear: () => this.goTo("") }));
	}

	showBulk() {
		const { store, prefix } = this.route, { namespace, shut } = this;
		this.bulk.show(this.selection, { store, namespace, prefix, total: this.pages?.total ?? null, shut });
	}

	export() {
		const { store, prefix } = this.route;
		openExport(store, this.namespace, prefix ? { prefix } : { all: true }, this.pages?.total);
	}

	/** @param {string} prefix */
	goTo(prefix) {
		const { store, namespace, key, by } = this.route, filter = { prefix, by };
		if (prefix === this.route.prefix) return;
		const path = key === null ? href.keys(store, namespace, filter) : href.entry(store, namespace, key, filter);
		router.go(path, { replace: true });
	}

	/** @param {KeyboardEvent} event */
	typing(event) {
		if (event.key === "Enter") this.goTo(this.field.value);
		else if (event.key === "Escape" && this.field.value) this.goTo(this.field.value = "");
		else if (event.key === "Escape" || event.key === "ArrowDown") this.table.go(this.table.active);
		else return;
		event.preventDefault();
	}

	/** The address of an entry, or without one of the list. @param {string | null} name */
	addressOf(name) {
		const { store, namespace } = this.route;
		return name === null ? href.keys(store, namespace, this.route) : href.entry(store, namespace, name, this.route);
	}

	/** @param {{ name: string, edit: boolean }} row */
	async open({ name, edit }) {
		this.entry.wantsEdit = edit;
		await router.go(this.addressOf(name));
	}

	async create() {
		if (this.shut || !(await this.entry.mayLeave())) return;
		const { store, namespace, prefix, key } = this.route;
		this.entry.create(store, namespace, prefix);
		this.toggleAttribute("data-entry", true);
		if (key !== null) await router.go(this.addressOf(null));
	}

	async closed() {
		await router.go(this.addressOf(null));
		this.table.go(this.table.active);
	}

	/** @param {string | null} name of the entry written; null when it is gone */
	async stored(name) {
		this.meet();
		await this.load(true);
		await router.go(this.addressOf(name));
	}
}

customElements.define("kv-keys", KvKeys);
