/** @import { Shelf } from "../lib/catalog.js" */
import { catalog, isRemote } from "../lib/catalog.js";
import { fill, h, icon, iconButton, setText } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { compact, count } from "../lib/format.js";
import { showHelp } from "../lib/keyboard.js";
import { marked, visible } from "../lib/names.js";
import { href, router } from "../lib/router.js";

const SHOWN = 100;
const THEMES = [["system", "System theme", "screen"], ["light", "Light theme", "sun"], ["dark", "Dark theme", "moon"]];

/** The way through the house: jobs, stores and their namespaces; on narrow screens a bar with a menu. */
export class KvRail extends HTMLElement {
    places = h("div", { class: "rail-places" });
    running = h("span", { class: "n", testid: "jobs-running" });
    toggle = iconButton("menu", "Menu", {
        class: "icon-button rail-toggle",
        "aria-expanded": "false",
        "aria-controls": "rail-body",
    });
    /** @type {AbortController | null} */
    leaving = null;

    connectedCallback() {
        this.leaving = new AbortController();
        const { signal } = this.leaving;
        const jobs = h("a", { href: href.jobs(), testid: "jobs-link" }, icon("jobs"), "Jobs", this.running);
        const all = h("a", { href: href.namespaces() }, icon("layers"), "Namespaces");
        fill(
            this,
            h(
                "div",
                { class: "rail-head" },
                h(
                    "a",
                    { class: "mark", href: "/" },
                    h("span", { class: "mark-sign", "aria-hidden": "true" }, "kv"),
                    "KV Manager",
                ),
                this.toggle,
            ),
            h(
                "div",
                { class: "rail-body", id: "rail-body" },
                h("nav", { "aria-label": "Places" }, all, jobs, this.places),
                h(
                    "div",
                    { class: "rail-foot" },
                    this.themes(),
                    iconButton("keys", "Keyboard shortcuts", { on: { click: showHelp }, testid: "help-button" }),
                ),
            ),
        );
        this.toggle.addEventListener("click", () => this.unfold(!this.hasAttribute("data-open")), { signal });
        this.addEventListener(
            "click",
            (event) => event.target instanceof Element && event.target.closest("a") && this.unfold(false),
            { signal },
        );
        this.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || !this.hasAttribute("data-open")) return;
            this.unfold(false);
            this.toggle.focus();
        }, { signal });
        catalog.addEventListener("change", () => this.showPlaces(), { signal });
        followed.addEventListener("change", () => this.showRunning(), { signal });
        router.addEventListener("change", () => this.markCurrent(), { signal });
        this.showPlaces();
    }

    disconnectedCallback() {
        this.leaving?.abort();
    }

    /** @param {boolean} open */
    unfold(open) {
        this.toggleAttribute("data-open", open);
        this.toggle.setAttribute("aria-expanded", String(open));
    }

    showRunning() {
        const running = followed.inDock.length + (followed.inDialog ? 1 : 0);
        setText(this.running, running ? `${running} here` : "");
    }

    showPlaces() {
        if (catalog.error && !catalog.loaded) {
            const again = h(
                "button",
                { type: "button", class: "button", on: { click: () => catalog.refresh() } },
                "Try again",
            );
            return fill(this.places, h("p", { class: "rail-note" }, catalog.error), again);
        }
        fill(this.places, catalog.shelves.flatMap((shelf) => this.place(shelf)));
        this.markCurrent();
    }

    /** @param {Shelf} shelf */
    place(shelf) {
        const remote = isRemote(shelf);
        const tag = h("span", { class: remote ? "tag remote" : "tag" }, remote ? "Remote" : "Local");
        const head = h(
            "h2",
            {},
            h("span", { class: "grow" }, shelf.label || shelf.name),
            shelf.protected && icon("lock"),
            tag,
        );
        const links = shelf.namespaces.slice(0, SHOWN).map((namespace) =>
            h(
                "a",
                { href: href.keys(shelf.name, namespace.id), title: visible(namespace.title) },
                icon("box"),
                h("bdi", { class: "grow" }, marked(namespace.title)),
                namespace.protected && h("span", { class: "n", title: "Protected" }, icon("lock")),
                typeof namespace.keyCount === "number" &&
                    h("span", { class: "n", title: `${count(namespace.keyCount)} keys` }, compact(namespace.keyCount)),
            )
        );
        const more = shelf.cursor !== null || shelf.namespaces.length > SHOWN;
        return [
            head,
            ...links,
            shelf.error && h("p", { class: "rail-note bad" }, shelf.error),
            !shelf.error && shelf.loaded && links.length === 0 && h("p", { class: "rail-note" }, "No namespaces yet"),
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
            const path = link.getAttribute("href");
            if (path === here && !link.classList.contains("rail-more")) link.setAttribute("aria-current", "page");
            else link.removeAttribute("aria-current");
        }
    }

    themes() {
        const chosen = () => document.documentElement.dataset.theme ?? "system";
        const buttons = THEMES.map(([theme, label, sign]) =>
            iconButton(sign, label, { "data-theme-choice": theme, testid: `theme-${theme}` })
        );
        const show = () =>
            buttons.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.themeChoice === chosen())));
        show();
        const choose = (/** @type {Event} */ event) => {
            const button = event.target instanceof Element ? event.target.closest("button") : null;
            if (!button) return;
            const theme = button.dataset.themeChoice;
            if (theme === "system") delete document.documentElement.dataset.theme;
            else document.documentElement.dataset.theme = theme;
            try {
                localStorage.setItem("theme", theme ?? "system");
            } catch {
                // Then it holds until the page is left.
            }
            show();
        };
        return h("div", { class: "themes", role: "group", "aria-label": "Theme", on: { click: choose } }, buttons);
    }
}

customElements.define("kv-rail", KvRail);
