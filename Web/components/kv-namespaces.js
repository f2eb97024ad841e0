import { catalog, quotaWords, storeName, storeTag } from "../lib/catalog.js";
import {
	blank,
	button,
	copyText,
	div,
	failure,
	fill,
	filterBox,
	h,
	iconButton,
	loading,
	plainButton,
	protectedChip,
	searchField,
	span,
	table,
	viewHead,
	viewHeading,
} from "../lib/dom.js";
import { count, counted, exact, exactSize, instant, oneLine, relative, size, visible } from "../lib/format.js";
import { keysAt } from "../lib/router.js";
import { bulkDialogs, complain, namespaceDialogs, settled, View, whileBusy } from "../lib/view.js";

const HEADS = [["Namespace"], ["Keys", "num"], ["Values", "num"], ["Changed", "wide"], ["ID", "wide"], [""]];

export class KvNamespaces extends View {
	filter = searchField("Filter namespaces", "namespace-filter");
	list = div("scroll");
	/** What the server found where a store has more than is loaded. @type {Map<string, Namespace[]>} */
	found = new Map();

	/** @override */
	connected() {
		document.title = "Namespaces – KV Manager";
		this.className = "view";
		const create = button(
			"New namespace",
			() => namespaceDialogs((d) => d.createNamespace()),
			"primary @new-namespace",
		);
		fill(this, viewHead(viewHeading("Namespaces"), filterBox("", this.filter), create), this.list);
		const search = settled(200, () => whileBusy(() => this.search()), this.signal);
		this.on(this.filter, "input", () => {
			this.render();
			search();
		});
		this.on(catalog, "change", () => this.render());
		this.takeKeys({ "/": () => this.filter.focus() });
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
		for (const shelf of query ? catalog.shelves.filter(({ cursor }) => cursor !== null) : []) {
			// Where the server cannot tell, what is loaded is filtered all the same.
			const found = await catalog.find(shelf, query, this.signal);
			if (found && this.query === query) this.found.set(shelf.name, found);
		}
		this.render();
	}

	render() {
		const { error, loaded, shelves } = catalog, place = this.list.scrollTop;
		if (!loaded) return fill(this.list, error ? failure(error, () => catalog.refresh()) : loading());
		fill(this.list, shelves.map((shelf) => this.store(shelf)));
		this.list.scrollTop = place;
	}

	/** @param {Shelf} shelf */
	store(shelf) {
		const query = this.query.toLowerCase(), known = this.found.get(shelf.name) ?? shelf.namespaces;
		const shown = known.filter(({ title, id }) => title.toLowerCase().includes(query) || id === query);
		const head = div(
			"store-head",
			h("h2", {}, storeName(shelf)),
			storeTag(shelf),
			shelf.protected && protectedChip(),
			!shelf.reachable && span("chip bad", "not reachable"),
			shelf.pace && span("muted", `${count(shelf.pace.remaining)} of ${quotaWords(shelf.pace)} left`),
			shelf.loaded && span("muted", counted(known.length, "namespace"), shelf.cursor && " loaded"),
		);
		return h("section", { class: "store", "data-store": shelf.name }, head, this.body(shelf, shown, query));
	}

	/** @param {Shelf} shelf @param {Namespace[]} shown @param {string} query */
	body(shelf, shown, query) {
		if (shelf.error) return failure(shelf.error, () => catalog.reload(shelf));
		if (!shelf.loaded) return loading();
		if (shown.length === 0 && query) return blank("", ["No namespace matches the filter."]);
		if (shown.length === 0) {
			const create = button("Create the first one", () => namespaceDialogs((d) => d.createNamespace(shelf.name)));
			return blank("", ["No namespaces yet. A namespace holds keys and their values."], create);
		}
		const more = shelf.cursor !== null && !this.found.has(shelf.name) &&
			div("more", button("Load more", () => whileBusy(() => catalog.more(shelf)).catch(complain)));
		return div({}, table(HEADS, h("tbody", {}, shown.map((one) => row(one, shelf)))), more);
	}
}

/** @param {Namespace} one */
const protectButton = (one) =>
	plainButton(
		one.protected ? "Allow changes…" : "Protect…",
		() => namespaceDialogs((d) => d.protectNamespace(one)),
		"@protect",
	);

/** @param {Namespace} one @param {Shelf} shelf */
function row(one, { protected: shut, protectsNamespaces: protects }) {
	const { id, title, keyCount, valueBytes } = one, disabled = one.protected || shut;
	const changed = instant(one.changedAt ?? one.createdAt);
	const bring = () => bulkDialogs((d) => d.openImport(one));
	const take = () => bulkDialogs((d) => d.openExport(one, { all: true }, keyCount));
	return h(
		"tr",
		{ testid: "namespace-row", "data-id": id },
		h("td", "main", h("a", { href: keysAt(one) }, oneLine(title)), one.protected && protectedChip()),
		h("td", "num", count(keyCount)),
		h("td", { class: "num", title: exactSize(valueBytes) }, size(valueBytes)),
		h("td", { class: "wide", title: exact(changed) }, changed === null ? "–" : relative(changed)),
		h("td", { class: "wide mono dim", title: id }, id.slice(0, 8)),
		h(
			"td",
			"actions",
			button("Import…", bring, { class: "quiet wide", disabled, testid: "row-import" }),
			button("Export…", take, "quiet wide @row-export"),
			menuButton(`More for ${visible(title)}`, [
				plainButton("Rename…", () => namespaceDialogs((d) => d.renameNamespace(one)), {
					disabled,
					testid: "rename",
				}),
				plainButton("Import…", bring, { disabled, testid: "menu-import" }),
				plainButton("Export…", take, "@menu-export"),
				...(protects ? [protectButton(one)] : []),
				plainButton("Copy ID", () => copyText(id, "ID"), "@copy-id"),
				plainButton("Delete…", () => namespaceDialogs((d) => d.deleteNamespace(one)), {
					class: "danger",
					disabled,
					testid: "delete",
				}),
			]),
		),
	);
}

let menus = 0;

/** @param {string} label @param {HTMLButtonElement[]} choices */
function menuButton(label, choices) {
	const id = `menu-${menus += 1}`, list = h("div", { class: "menu", id, popover: "auto" }, choices);
	const opener = iconButton("more", label, null, { popovertarget: id, testid: "more" });
	list.addEventListener("beforetoggle", () => {
		const box = opener.getBoundingClientRect();
		list.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - 36 * choices.length - 12))}px`;
		list.style.right = `${Math.max(8, document.documentElement.clientWidth - box.right)}px`;
	});
	// Closed before what was chosen begins, so that the focus is back where the menu was opened.
	list.addEventListener("click", (event) => event.target !== list && list.hidePopover(), { capture: true });
	list.addEventListener("keydown", (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (!step) return;
		event.preventDefault();
		const free = choices.filter((one) => !one.disabled);
		const at = free.findIndex((one) => one === document.activeElement);
		free[(at + step + free.length) % free.length]?.focus();
	});
	return h("span", {}, opener, list);
}

customElements.define("kv-namespaces", KvNamespaces);
