/** @typedef {Node | string | number | null | undefined | false} Child */

const PROPERTIES = new Set(["value", "checked", "disabled", "indeterminate", "hidden", "tabIndex", "open", "selected"]);

/**
 * Builds an element. `on` holds listeners, `testid` becomes `data-testid`; null, undefined and false attributes are left out.
 * Text is only ever text: there is no way to pass markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name === "on") {
            for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
        } else if (value === null || value === undefined || value === false) {
            continue;
        } else if (PROPERTIES.has(name)) {
            Reflect.set(element, name, value);
        } else {
            element.setAttribute(name === "testid" ? "data-testid" : name, value === true ? "" : String(value));
        }
    }
    element.append(...nodes(children));
    return element;
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function nodes(children) {
    return children.flat().filter((child) => child !== null && child !== undefined && child !== false)
        .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {(Child | Child[])[]} children
 */
export function fill(element, ...children) {
    element.replaceChildren(...nodes(children));
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite in index.html. @param {string} name */
export function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
}

/** A button with an icon alone. @param {string} name @param {string} label @param {Record<string, any>} [attributes] */
export function iconButton(name, label, attributes = {}) {
    return h(
        "button",
        { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes },
        icon(name),
    );
}

/** Sets text only where it differs, so that nothing is announced or painted twice. @param {Element} element @param {string} text */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** Whether a keystroke belongs to a text field. @param {EventTarget | null} target */
export function isTyping(target) {
    return target instanceof HTMLElement &&
        (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
            (target instanceof HTMLInputElement && !/^(checkbox|radio|button|file)$/.test(target.type)));
}

/** Runs a function once things have been quiet for a while. @template {any[]} A @param {number} milliseconds @param {(...args: A) => void} run */
export function settled(milliseconds, run) {
    let timer = 0;
    const later = /** @param {A} args */ (...args) => {
        clearTimeout(timer);
        timer = setTimeout(() => run(...args), milliseconds);
    };
    later.cancel = () => clearTimeout(timer);
    return later;
}

/** Says something to those who listen rather than look. @param {string} text */
export function speak(text) {
    const region = document.getElementById("spoken");
    if (region) region.textContent = text;
}

/** A short word in the corner. Errors stay until dismissed. @param {string} text @param {"good" | "bad"} [mood] */
export function toast(text, mood = "good") {
    const close = iconButton("close", "Dismiss", { on: { click: () => note.remove() } });
    const note = h(
        "div",
        { class: `toast ${mood}`, testid: "toast" },
        icon(mood === "good" ? "check" : "alert"),
        h("span", {}, text),
        close,
    );
    document.getElementById("toasts")?.append(note);
    if (mood === "good") setTimeout(() => note.remove(), 4000);
}
