/** @import { Namespace } from "../lib/types.js" */
/** @import { Shelf } from "../lib/catalog.js" */
import { api, reason } from "../lib/api.js";
import { catalog } from "../lib/catalog.js";
import {
	blank,
	button,
	div,
	failure,
	fill,
	h,
	icon,
	settled,
	span,
	table,
	toast,
	VERBATIM,
	viewHead,
	viewHeading,
} from "../lib/dom.js";
import { count, counted, exactSize, instant, relative, size, titleOf } from "../lib/format.js";
import { takeKeys } from "../lib/keyboard.js";
import { copyText, menuButton } from "../lib/modal.js";
import { oneLine, visible } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { href } from "../lib/router.js";
import { View } from "../lib/view.js";
import { storeTag } from "./kv-rail.js";
import { createNamespace, deleteNamespace, protectNamespace, renameNamespace } from "./namespace-dialogs.js";
import { openExport, openImport } from "./transfer-dialogs.js";

export class KvNamespaces extends View {
	filter = h("input", {
		type: "search",
		placeholder: "Filter namespaces",
		"aria-label": "Filter namespaces",
		testid: "namespace-filter",
		...VERBATIM,
	});
	list = div("scroll");
	/** What the server found where a store has more than is loaded. @type {Map<string, Namespace[]>} */
	found = new Map();

	/** @override */
	connected() {
		document.title = "Namespaces – KV Manager";
		this.className = "view";
		const { signal } = this;
		const create = button("New namespace", () => createNamespace(), { kind: "primary", testid: "new-namespace" });
		const field = span("field", icon("find"), this.filter, h("kbd", {}, "/"));
		fill(this, viewHead(viewHeading("Namespaces"), field, create), this.list);
		const search = settled(200, () => whileBusy(() => this.search()));
		this.filter.addEventListener("input", () => {
			this.render();
			search();
		}, { signal });
		signal.addEventListener("abort", search.cancel);
		catalog.addEventListener("change", () => this.render(), { signal });
		takeKeys({ "/": () => this.filter.focus() }, signal);
		this.render();
		if (catalog.loaded) catalog.refresh();
	}

	get query() {
		return this.filter.value.trim();
	}

	/** In stores that are not wholly loaded the server filters. */
	async search() {
		const { query } = this;
		this.found.clear();
		const partly = query ? catalog.shelves.filter((shelf) => shelf.cursor !== null) : [];
		for (const shelf of partly) {
			// Where the server cannot tell, what is loaded is filtered all the same.
			const page = await api.namespaces(shelf.name, { query }, this.signal).catch(() => null);
			if (page && this.query === query) this.found.set(shelf.name, page.namespaces);
		}
		this.render();
	}

	render() {
		if (!catalog.loaded) {
			return fill(
				this.list,
				catalog.error ? failure(catalog.error, () => catalog.refresh()) : blank("", ["Loading…"]),
			);
		}
		const place = this.list.scrollTop;
		fill(this.list, catalog.shelves.map((shelf) => this.store(shelf)));
		this.list.scrollTop = place;
	}

	/** @param {Shelf} shelf */
	store(shelf) {
		const query = this.query.toLowerCase();
		const known = this.found.get(shelf.name) ?? shelf.namespaces;
		const shown = known.filter(({ title, id }) => title.toLowerCase().includes(query) || id === query);
		const head = div(
			"store-head",
			h("h2", {}, shelf.label || shelf.name),
			storeTag(shelf),
			shelf.protected && span("chip", icon("lock"), "protected"),
			!shelf.reachable && span("chip bad", "not reachable"),
			shelf.loaded && span("muted", counted(known.length, "namespace"), shelf.cursor && " loaded"),
		);
		return h("section", { class: "store", "data-store": shelf.name }, head, this.body(shelf, shown, query));
	}

	/** @param {Shelf} shelf @param {Namespace[]} shown @param {string} query */
	body(shelf, shown, query) {
		if (shelf.error) return failure(shelf.error, () => catalog.reload(shelf));
		if (!shelf.loaded) return blank("", ["Loading…"]);
		if (shown.length === 0 && query) return blank("", ["No namespace matches the filter."]);
		if (shown.length === 0) {
			const create = button("Create the first one", () => createNamespace(shelf.name));
			return blank("", ["No namespaces yet. A namespace holds keys and their values."], create);
		}
		const heads = [["", "Namespace"], ["num", "Keys"], ["num", "Values"], ["wide", "Changed"], ["wide", "ID"], [
			"",
			"",
		]];
		const more = shelf.cursor !== null && !this.found.has(shelf.name);
		const rows = h("tbody", {}, shown.map((one) => this.row(shelf, one)));
		return h("div", {}, table(heads, rows), more && div("more", button("Load more", () => this.more(shelf))));
	}

	/** @param {Shelf} shelf @param {Namespace} one */
	row(shelf, one) {
		const { name } = shelf,
			changed = instant(one.changedAt ?? one.createdAt),
			disabled = one.protected || shelf.protected;
		const bring = () => openImport(name, one), take = () => openExport(name, one, { all: true }, one.keyCount);
		return h(
			"tr",
			{ testid: "namespace-row", "data-id": one.id },
			h(
				"td",
				"main",
				h("a", { href: href.keys(name, one.id) }, oneLine(one.title)),
				one.protected && span("chip", icon("lock"), "protected"),
			),
			h("td", "num", count(one.keyCount)),
			h("td", { class: "num", title: exactSize(one.valueBytes) }, size(one.valueBytes)),
			h("td", { class: "wide", title: titleOf(changed) }, changed === null ? "–" : relative(changed)),
			h("td", { class: "wide mono dim", title: one.id }, one.id.slice(0, 8)),
			h(
				"td",
				"actions",
				button("Import…", bring, { kind: "quiet wide", disabled, testid: "row-import" }),
				button("Export…", take, { kind: "quiet wide", testid: "row-export" }),
				menuButton(`More for ${visible(one.title)}`, [
					{ label: "Rename…", testid: "rename", disabled, run: () => renameNamespace(name, one) },
					{ label: "Import…", testid: "menu-import", disabled, run: bring },
					{ label: "Export…", testid: "menu-export", run: take },
					{
						label: one.protected ? "Allow changes…" : "Protect…",
						testid: "protect",
						run: () => protectNamespace(name, one),
					},
					{ label: "Copy ID", testid: "copy-id", run: () => copyText(one.id, "ID") },
					{
						label: "Delete…",
						testid: "delete",
						kind: "danger",
						disabled,
						run: () => deleteNamespace(name, one),
					},
				]),
			),
		);
	}

	/** @param {Shelf} shelf */
	async more(shelf) {
		await whileBusy(() => catalog.more(shelf)).catch((error) => toast(reason(error), "bad"));
	}
}

customElements.define("kv-namespaces", KvNamespaces);
