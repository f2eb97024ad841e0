import { catalog, storeName, storeTag } from "../lib/catalog.js";
import { button, div, fill, h, icon, iconButton, setText, span } from "../lib/dom.js";
import { keysSign, marked, visible } from "../lib/format.js";
import { keysAt, router } from "../lib/router.js";
import { showHelp, View } from "../lib/view.js";

const SHOWN = 100;
const THEMES = [["system", "System theme", "screen"], ["light", "Light theme", "sun"], ["dark", "Dark theme", "moon"]];

/** The way through the house: jobs, stores and their namespaces; on narrow screens a bar with a menu. */
class KvRail extends View {
	places = div("rail-places");
	running = span("n @jobs-running");
	toggle = iconButton("menu", "Menu", () => this.unfold(!this.hasAttribute("data-open")), "rail-toggle");

	/** @override */
	connected() {
		const all = h("a", { href: "/" }, icon("layers"), "Namespaces");
		const jobs = h("a", { href: "/jobs", testid: "jobs-link" }, icon("jobs"), "Jobs", this.running);
		const nav = h("nav", { "aria-label": "Places" }, all, jobs, this.places);
		const help = iconButton("keys", "Keyboard shortcuts", showHelp, "@help-button");
		this.querySelector(".rail-head")?.append(this.toggle);
		this.append(div("rail-body", nav, div("rail-foot", this.themes(), help)));
		this.unfold(false);
		this.on(this, "click", ({ target }) => target.closest("a") && this.unfold(false));
		this.on(this, "keydown", ({ key }) => {
			if (key !== "Escape" || !this.hasAttribute("data-open")) return;
			this.unfold(false);
			this.toggle.focus();
		});
		this.on(catalog, "change", () => this.showPlaces());
		this.on(document, "kv-followed", ({ detail: jobs }) => setText(this.running, jobs ? String(jobs) : ""));
		this.on(router, "change", () => this.markCurrent());
		this.showPlaces();
	}

	/** @param {boolean} open */
	unfold(open) {
		this.toggleAttribute("data-open", open);
		this.toggle.ariaExpanded = String(open);
	}

	showPlaces() {
		if (catalog.error && !catalog.loaded) {
			return fill(this.places, h("p", "rail-note", catalog.error), button("Try again", () => catalog.refresh()));
		}
		fill(this.places, catalog.shelves.flatMap((shelf) => this.place(shelf)));
		this.markCurrent();
	}

	/** @param {Shelf} shelf */
	place(shelf) {
		const { namespaces, cursor, error, loaded } = shelf;
		const links = namespaces.slice(0, SHOWN).map((one) => {
			const sign = icon(one.protected ? "lock" : "box"), given = { href: keysAt(one), title: visible(one.title) };
			return h("a", given, sign, h("bdi", "grow", marked(one.title)), keysSign(one.keyCount));
		});
		const more = cursor !== null || namespaces.length > SHOWN;
		return [
			h("h2", {}, span("grow", storeName(shelf)), shelf.protected && icon("lock"), storeTag(shelf)),
			...links,
			error && h("p", "rail-note bad", error),
			!error && loaded && links.length === 0 && h("p", "rail-note", "No namespaces yet"),
			more && h("a", { href: "/", class: "rail-more" }, "All namespaces…"),
		];
	}

	markCurrent() {
		const { route } = router, { view } = route;
		const here = view === "keys"
			? keysAt({ store: route.store, id: route.id })
			: view.startsWith("job")
			? "/jobs"
			: "/";
		for (const link of this.querySelectorAll("nav a")) {
			const current = link.getAttribute("href") === here && !link.classList.contains("rail-more");
			link.ariaCurrent = current ? "page" : null;
		}
	}

	themes() {
		const { dataset } = document.documentElement;
		const buttons = THEMES.map(([theme, label, sign]) =>
			iconButton(sign, label, () => choose(theme), `@theme-${theme}`)
		);
		const show = () => {
			for (const [index, [theme]] of THEMES.entries()) {
				buttons[index].ariaPressed = String(theme === (dataset.theme ?? "system"));
			}
		};
		const choose = (/** @type {string} */ theme) => {
			if (theme === "system") delete dataset.theme;
			else dataset.theme = theme;
			show();
			try {
				localStorage.setItem("theme", theme);
			} catch {
				// Then it holds until the page is left.
			}
		};
		show();
		return div({ class: "themes", role: "group", "aria-label": "Theme" }, buttons);
	}
}

customElements.define("kv-rail", KvRail);
