import { reason } from "./api.js";
import { h, icon, iconButton, toast } from "./dom.js";

/** @typedef {{ dialog: HTMLDialogElement, close: () => void }} Modal */

/**
 * Opens a dialog over everything. `onSubmit` does the work: while it runs the button is busy, when it throws the reason is
 * shown and the dialog stays, when it is done the dialog closes. `onClose` runs in every case.
 *
 * @param {object} options
 * @param {string} options.title
 * @param {import("./dom.js").Child[]} options.body
 * @param {string} options.testid
 * @param {string} [options.action] the label of the button that submits; none without it
 * @param {boolean} [options.dangerous]
 * @param {string} [options.dismiss]
 * @param {() => string | null} [options.missing] what keeps it from being submitted; null when nothing does
 * @param {(modal: Modal) => Promise<void> | void} [options.onSubmit]
 * @param {() => void} [options.onClose]
 * @returns {Modal}
 */
export function modal({ title, body, testid, action, dangerous, dismiss = "Cancel", missing, onSubmit, onClose }) {
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const submit = action &&
        h("button", { class: `button primary${dangerous ? " danger" : ""}`, testid: `${testid}-submit` }, action);
    const update = () => submit && missing && (submit.disabled = missing() !== null);
    const work = async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (!submit || submit.disabled) return;
        submit.disabled = true;
        form.setAttribute("aria-busy", "true");
        problem.hidden = true;
        try {
            await onSubmit?.(opened);
            opened.close();
        } catch (error) {
            problem.replaceChildren(icon("alert"), reason(error));
            problem.hidden = false;
        } finally {
            form.removeAttribute("aria-busy");
            submit.disabled = false;
            update();
        }
    };
    const leave = h("button", {
        type: "button",
        class: "button",
        testid: `${testid}-dismiss`,
        on: { click: () => opened.close() },
    }, dismiss);
    const form = h(
        "form",
        { class: "sheet", novalidate: true, on: { submit: work, input: update, change: update } },
        h("h2", { id: `${testid}-title` }, title),
        body,
        problem,
        h("div", { class: "sheet-foot" }, leave, submit),
    );
    const dialog = h("dialog", { testid, "aria-labelledby": `${testid}-title` }, form);
    const opened = openDialog(dialog, onClose);
    update();
    return opened;
}

/** Shows a dialog until it is closed, by Escape too, and takes it away then. @param {HTMLDialogElement} dialog @param {() => void} [onClose] @returns {Modal} */
export function openDialog(dialog, onClose) {
    const before = document.activeElement;
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
        dialog.remove();
        onClose?.();
        if (before instanceof HTMLElement && before.isConnected && !document.querySelector("dialog[open]")) {
            before.focus();
        }
    });
    dialog.showModal();
    return { dialog, close: () => dialog.open && dialog.close() };
}

/** Asks and answers whether to go on. @param {{ title: string, text: import("./dom.js").Child[], action: string, dismiss?: string, testid: string, dangerous?: boolean }} question @returns {Promise<boolean>} */
export function ask({ title, text, action, dismiss, testid, dangerous = true }) {
    return new Promise((resolve) => {
        let yes = false;
        const onSubmit = () => {
            yes = true;
        };
        modal({
            title,
            body: [h("p", {}, text)],
            action,
            dismiss,
            testid,
            dangerous,
            onSubmit,
            onClose: () => resolve(yes),
        });
    });
}

let menus = 0;

/**
 * A button that opens a list of further actions.
 * @param {string} label
 * @param {{ label: string, run: () => void, dangerous?: boolean, disabled?: boolean, testid: string }[]} items
 */
export function menuButton(label, items) {
    const id = `menu-${menus += 1}`;
    const choices = items.map(({ label, run, dangerous, disabled, testid }) => {
        const click = () => {
            list.hidePopover();
            run();
        };
        return h(
            "button",
            { type: "button", class: dangerous ? "danger" : null, disabled, testid, on: { click } },
            label,
        );
    });
    const list = h("div", { class: "menu", id, popover: "auto" }, choices);
    const button = iconButton("more", label, { popovertarget: id, testid: "more" });
    list.addEventListener("beforetoggle", () => {
        const box = button.getBoundingClientRect();
        list.style.top = `${Math.min(box.bottom + 4, innerHeight - 40 * items.length - 12)}px`;
        list.style.right = `${Math.max(8, document.documentElement.clientWidth - box.right)}px`;
    });
    list.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const free = choices.filter((one) => !one.disabled);
        const at = free.findIndex((one) => one === document.activeElement);
        free[(at + step + free.length) % free.length]?.focus();
    });
    return h("span", { class: "menu-holder" }, button, list);
}

/** Copies text, and says so. @param {string} text @param {string} what */
export async function copyText(text, what) {
    try {
        await navigator.clipboard.writeText(text);
        toast(`${what} copied`);
    } catch {
        toast(`${what} could not be copied: the browser forbids it here.`, "bad");
    }
}
