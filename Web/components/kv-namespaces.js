import {catalog, matching, namespaceMenu, quotaWords, storeName, storeTag} from "../lib/catalog.js"
import {
	blank,
	button,
	div,
	failure,
	fill,
	filterBox,
	h,
	loading,
	openable,
	protectedChip,
	searchField,
	setTitle,
	span,
	table,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {count, counted, exact, exactSize, instant, oneLine, relative, size} from "../lib/format.js"
import {keysAt} from "../lib/router.js"
import {complain, newNamespace, settled, View, whileBusy} from "../lib/view.js"

const HEADS = [["Namespace"], ["Keys", "num"], ["Values", "num"], ["Changed", "wide"], ["ID", "wide"], [""]]

export class KvNamespaces extends View {
	filter = searchField("Filter namespaces", "namespace-filter")
	list = div("scroll")
	/** What the server found where a store has more than is loaded. @type {Map<string, Namespace[]>} */
	found = new Map()

	/** @override */
	connected() {
		setTitle("Namespaces")
		this.className = "view"
		const create = button("New namespace", () => newNamespace(), "primary @new-namespace")
		fill(this, viewHead(viewHeading("Namespaces"), filterBox("", this.filter), create), this.list)
		const search = settled(200, () => whileBusy(() => this.search()), this.signal)
		this.on(this.filter, "input", () => {
			this.render()
			search()
		})
		this.on(catalog, "change", () => this.render())
		this.takeKeys({"/": () => this.filter.focus()})
		this.render()
		if (catalog.loaded) catalog.refresh()
	}

	get query() {
		return this.filter.value.trim()
	}

	async search() {
		const {query} = this, found = await catalog.search(query, this.signal)
		if (this.query !== query || found.size + this.found.size === 0) return
		this.found = found
		this.render()
	}

	render() {
		const {error, loaded, shelves} = catalog, place = this.list.scrollTop
		if (!loaded) return fill(this.list, error ? failure(error, () => catalog.refresh()) : loading())
		fill(this.list, shelves.map((shelf) => this.store(shelf)))
		this.list.scrollTop = place
	}

	/** @param {Shelf} shelf */
	store(shelf) {
		const {query} = this, known = this.found.get(shelf.name) ?? shelf.namespaces
		const shown = known.filter(matching(query))
		const head = div(
			"store-head",
			h("h2", {}, storeName(shelf)),
			storeTag(shelf),
			shelf.protected && protectedChip(),
			!shelf.reachable && span("chip bad", "not reachable"),
			shelf.loaded && span("muted", counted(known.length, "namespace"), shelf.cursor && " loaded"),
			shelf.pace && span("muted", `· ${count(shelf.pace.remaining)} of ${quotaWords(shelf.pace)} left`)
		)
		return h("section", {class: "store", "data-store": shelf.name}, head, this.body(shelf, shown, query))
	}

	/** @param {Shelf} shelf @param {Namespace[]} shown */
	body(shelf, shown, query = "") {
		if (shelf.error) return failure(shelf.error, () => catalog.reload(shelf))
		if (!shelf.loaded) return loading()
		if (shown.length === 0 && query) return blank("", ["No namespace matches the filter."])
		if (shown.length === 0) {
			const create = button("Create the first one", () => newNamespace(shelf.name))
			return blank("", ["No namespaces yet. A namespace holds keys and their values."], create)
		}
		const more = shelf.cursor !== null && !this.found.has(shelf.name) &&
			div("more", button("Load more", () => whileBusy(() => catalog.more(shelf)).catch(complain)))
		return div({}, table(HEADS, openable(shown.map((one) => row(one, shelf)))), more)
	}
}

/** @param {Namespace} one @param {Shelf} shelf */
function row(one, {protected: shut}) {
	const {id, title, keyCount, valueBytes} = one
	const changed = instant(one.changedAt ?? one.createdAt)
	return h(
		"tr",
		{testid: "namespace-row", "data-id": id},
		h("td", "main", h("a", {href: keysAt(one)}, oneLine(title)), one.protected && protectedChip()),
		h("td", "num", count(keyCount)),
		h("td", {class: "num", title: exactSize(valueBytes)}, size(valueBytes)),
		h("td", {class: "wide", title: exact(changed)}, changed === null ? "–" : relative(changed)),
		h("td", {class: "wide mono dim", title: id}, id.slice(0, 8)),
		h(
			"td",
			"actions",
			namespaceMenu(one, shut)
		)
	)
}

customElements.define("kv-namespaces", KvNamespaces)
