import {base} from "../lib/api.js"
import {catalog, storeName, storeTag} from "../lib/catalog.js"
import {button, div, fill, h, icon, iconButton, select, setText, span} from "../lib/dom.js"
import {counted, keysSign, marked, visible} from "../lib/format.js"
import {keysAt, router} from "../lib/router.js"
import {chooseTheme, showHelp, showPalette, THEMES, View} from "../lib/view.js"

const SHOWN = 100

/** The way through the house: jobs, stores and their namespaces; on narrow screens a bar with a menu. */
class KvRail extends View {
	places = div("rail-places")
	running = span("n")
	toggle = iconButton("menu", "Menu", () => this.unfold(!this.hasAttribute("data-open")), "rail-toggle")

	/** @override */
	connected() {
		const all = h("a", {href: "/"}, icon("box"), "Namespaces")
		const jobs = h("a", {href: "/jobs", testid: "jobs-link"}, icon("jobs"), "Jobs", this.running)
		const audit = h("a", {href: "/audit", testid: "audit-link"}, icon("clock"), "Audit")
		const monitor = h("a", {href: "/monitor", testid: "monitor-link"}, icon("pulse"), "Monitor")
		const nav = h("nav", {"aria-label": "Places"}, all, jobs, audit, monitor, this.places)
		const find = button([icon("find"), span("grow", "Go to…"), h("kbd", {}, "Ctrl K")], showPalette, {
			class: "rail-find",
			testid: "palette-open",
			"aria-label": "Places and actions",
			"aria-keyshortcuts": "Control+K Meta+K"
		})
		const help = button("Keyboard", showHelp, {
			class: "quiet",
			title: "Keyboard shortcuts",
			"aria-label": "Keyboard shortcuts"
		})
		this.querySelector(".rail-head")?.append(this.toggle)
		this.append(div("rail-body", find, nav, div("rail-foot", this.themes(), help)))
		this.unfold(false)
		this.on(this, "click", ({target}) => target.closest("a") && this.unfold(false))
		this.on(this, "keydown", ({key}) => {
			if (key !== "Escape" || !this.hasAttribute("data-open")) return
			this.unfold(false)
			this.toggle.focus()
		})
		this.on(catalog, "change", () => this.showPlaces())
		this.on(document, "kv-followed", ({detail: jobs}) => {
			setText(this.running, jobs ? String(jobs) : "")
			this.running.title = `${counted(jobs, "job")} in sight of this page`
		})
		this.on(router, "change", () => this.markCurrent())
		this.showPlaces()
	}

	unfold(open = false) {
		this.toggleAttribute("data-open", open)
		this.toggle.ariaExpanded = String(open)
	}

	showPlaces() {
		if (catalog.error && !catalog.loaded) {
			return fill(this.places, h("p", "rail-note", catalog.error), button("Try again", () => catalog.refresh()))
		}
		fill(this.places, catalog.shelves.flatMap((shelf) => this.place(shelf)))
		this.markCurrent()
	}

	/** @param {Shelf} shelf */
	place(shelf) {
		const {namespaces, cursor, error, loaded} = shelf
		const links = namespaces.slice(0, SHOWN).map((one) => {
			const sign = icon(one.protected ? "lock" : "box"), given = {href: keysAt(one), title: visible(one.title)}
			return h("a", given, sign, h("bdi", "grow", marked(one.title)), keysSign(one.keyCount))
		})
		const more = cursor !== null || namespaces.length > SHOWN
		return [
			h("h2", {}, span("grow", storeName(shelf)), shelf.protected && icon("lock"), storeTag(shelf)),
			...links,
			error && h("p", "rail-note bad", error),
			!error && loaded && links.length === 0 && h("p", "rail-note", "No namespaces yet"),
			more && h("a", {href: "/", class: "rail-more"}, "All namespaces…")
		]
	}

	markCurrent() {
		const {route} = router, keys = keysAt({store: route.store, id: route.id})
		const places = {
			namespaces: "/",
			keys,
			jobs: "/jobs",
			job: "/jobs",
			audit: "/audit",
			monitor: "/monitor",
			nowhere: ""
		}
		const here = base + places[route.view]
		for (const link of this.querySelectorAll("nav a")) {
			const current = link.getAttribute("href") === here && !link.classList.contains("rail-more")
			link.ariaCurrent = current ? "page" : null
		}
	}

	themes() {
		const {dataset} = document.documentElement
		const chosen = select(THEMES, dataset.theme ?? "", {"aria-label": "Theme", testid: "theme"})
		chosen.addEventListener("change", () => chooseTheme(chosen.value))
		this.on(document, "kv-theme", () => chosen.value = dataset.theme ?? "")
		return chosen
	}
}

customElements.define("kv-rail", KvRail)
