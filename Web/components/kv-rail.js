/** @import { Shelf } from "../lib/catalog.js" */
import { catalog, isRemote } from "../lib/catalog.js";
import { button, div, fill, h, icon, iconButton, setText, span } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { compact, count } from "../lib/format.js";
import { showHelp } from "../lib/keyboard.js";
import { marked, visible } from "../lib/names.js";
import { href, router } from "../lib/router.js";
import { View } from "../lib/view.js";

const SHOWN = 100;
const THEMES = [["system", "System theme", "screen"], ["light", "Light theme", "sun"], ["dark", "Dark theme", "moon"]];

/** Where a store lies, as a small sign. @param {Shelf} shelf */
export const storeTag = (shelf) => (isRemote(shelf) ? span("tag remote", "Remote") : span("tag", "Local"));

/** The way through the house: jobs, stores and their namespaces; on narrow screens a bar with a menu. */
export class KvRail extends View {
	places = div("rail-places");
	running = h("span", { class: "n", testid: "jobs-running" });
	toggle = iconButton("menu", "Menu", () => this.unfold(!this.hasAttribute("data-open")), {
		class: "icon-button rail-toggle",
	});

	/** @override */
	connected() {
		const { signal } = this;
		const mark = h(
			"a",
			{ class: "mark", href: "/" },
			h("span", { class: "mark-sign", "aria-hidden": "true" }, "kv"),
			"KV Manager",
		);
		const all = h("a", { href: href.namespaces() }, icon("layers"), "Namespaces");
		const jobs = h("a", { href: href.jobs(), testid: "jobs-link" }, icon("jobs"), "Jobs", this.running);
		const nav = h("nav", { "aria-label": "Places" }, all, jobs, this.places);
		const help = iconButton("keys", "Keyboard shortcuts", showHelp, { testid: "help-button" });
		fill(this, div("rail-head", mark, this.toggle), div("rail-body", nav, div("rail-foot", this.themes(), help)));
		this.setAttribute("role", "banner");
		this.unfold(false);
		this.addEventListener("click", (event) => {
			if (event.target instanceof Element && event.target.closest("a")) this.unfold(false);
		}, { signal });
		this.addEventListener("keydown", (event) => {
			if (event.key !== "Escape" || !this.hasAttribute("data-open")) return;
			this.unfold(false);
			this.toggle.focus();
		}, { signal });
		catalog.addEventListener("change", () => this.showPlaces(), { signal });
		followed.addEventListener(
			"change",
			() => setText(this.running, followed.jobs.length ? String(followed.jobs.length) : ""),
			{ signal },
		);
		router.addEventListener("change", () => this.markCurrent(), { signal });
		this.showPlaces();
	}

	/** @param {boolean} open */
	unfold(open) {
		this.toggleAttribute("data-open", open);
		this.toggle.setAttribute("aria-expanded", String(open));
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
		const links = shelf.namespaces.slice(0, SHOWN).map(({ id, title, keyCount, protected: shut }) =>
			h(
				"a",
				{ href: href.keys(shelf.name, id), title: visible(title) },
				icon(shut ? "lock" : "box"),
				h("bdi", "grow", marked(title)),
				typeof keyCount === "number" &&
					h("span", { class: "n", title: `${count(keyCount)} keys` }, compact(keyCount)),
			)
		);
		const more = shelf.cursor !== null || shelf.namespaces.length > SHOWN;
		return [
			h("h2", {}, span("grow", shelf.label || shelf.name), shelf.protected && icon("lock"), storeTag(shelf)),
			...links,
			shelf.error && h("p", "rail-note bad", shelf.error),
			!shelf.error && shelf.loaded && links.length === 0 && h("p", "rail-note", "No namespaces yet"),
			more && h("a", { href: "/", class: "rail-more" }, "All namespaces…"),
		];
	}

	markCurrent() {
		const { view, store, namespace } = router.route;
		const here = view === "keys"
			? href.keys(store, namespace)
			: view === "job" || view === "jobs"
			? href.jobs()
			: "/";
		for (const link of this.querySelectorAll("nav a")) {
			const current = link.getAttribute("href") === here && !link.classList.contains("rail-more");
			link.toggleAttribute("data-here", current);
			link.ariaCurrent = current ? "page" : null;
		}
	}

	themes() {
		const root = document.documentElement;
		const buttons = THEMES.map(([theme, label, sign]) =>
			iconButton(sign, label, () => choose(theme), { testid: `theme-${theme}` })
		);
		const show = () =>
			buttons.forEach((one, index) =>
				one.ariaPressed = String(THEMES[index][0] === (root.dataset.theme ?? "system"))
			);
		const choose = (/** @type {string} */ theme) => {
			if (theme === "system") delete root.dataset.theme;
			else root.dataset.theme = theme;
			show();
			try {
				localStorage.setItem("theme", theme);
			} catch {
				// Then it holds until the page is left.
			}
		};
		show();
		return h("div", { class: "themes", role: "group", "aria-label": "Theme" }, buttons);
	}
}

customElements.define("kv-rail", KvRail);
