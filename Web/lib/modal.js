import { reason } from "./api.js";
import { button, div, fill, h, icon, iconButton, toast } from "./dom.js";

/** @import { Child } from "./dom.js" */
/** @import { ModalOptions } from "./types.js" */

/**
 * Opens a dialog. While `onSubmit` runs the button is busy; when it throws, the reason is shown and the dialog stays.
 * `onClose` runs in every case.
 * @param {ModalOptions} options
 */
export function modal({ title, body, testid, action, dangerous, dismiss = "Cancel", missing, onSubmit, onClose }) {
	const problem = h("p", { class: "problem", role: "alert", hidden: true });
	const kind = dangerous ? "primary danger" : "primary";
	const submit = action ? button(action, null, { kind, type: "submit", testid: `${testid}-submit` }) : null;
	const update = () => {
		if (submit) submit.disabled = form.ariaBusy === "true" || (missing?.() ?? null) !== null;
	};
	const work = async (/** @type {Event} */ event) => {
		event.preventDefault();
		if (!submit || submit.disabled) return;
		form.ariaBusy = "true";
		problem.hidden = true;
		update();
		try {
			await onSubmit?.();
			opened.close();
		} catch (error) {
			fill(problem, icon("alert"), reason(error));
			problem.hidden = false;
		}
		form.ariaBusy = "false";
		update();
	};
	const leave = button(dismiss, () => opened.close(), { testid: `${testid}-dismiss` });
	const on = { submit: work, input: update, change: update };
	const form = h(
		"form",
		{ class: "sheet", novalidate: true, on },
		h("h2", { id: `${testid}-title` }, title),
		body,
		problem,
		div("sheet-foot", leave, submit),
	);
	const opened = openDialog(h("dialog", { testid, "aria-labelledby": `${testid}-title` }, form), onClose);
	update();
}

/** Takes the dialog away when it is closed, by Escape too. @param {HTMLDialogElement} dialog @param {() => void} [onClose] */
export function openDialog(dialog, onClose) {
	const before = document.activeElement;
	document.body.append(dialog);
	dialog.addEventListener("close", () => {
		dialog.remove();
		onClose?.();
		if (document.querySelector("dialog[open]")) return;
		// What opened it may have been built anew meanwhile; then the view takes the focus.
		if (before instanceof HTMLElement && before.isConnected) before.focus();
		else document.getElementById("view")?.focus();
	});
	dialog.showModal();
	return { close: () => dialog.open && dialog.close() };
}

/** Whether to go on. @param {{ title: string, text: Child[], action: string, dismiss?: string, testid: string }} question @returns {Promise<boolean>} */
export function ask({ text, ...question }) {
	return new Promise((resolve) => {
		let yes = false;
		const onSubmit = () => yes = true;
		modal({ body: [h("p", {}, text)], dangerous: true, onSubmit, onClose: () => resolve(yes), ...question });
	});
}

/** A control under its label. @param {Child | Child[]} label @param {HTMLElement} control @param {string} [note] */
export function labelled(label, control, note) {
	return h("label", "labelled", h("span", {}, label), control, note && h("small", {}, note));
}

/** @param {string} legend @param {string} name @param {string[][]} options value, label, words */
export function choice(legend, name, options) {
	const radios = options.map(([value, label, words], index) => {
		const radio = h("input", { type: "radio", name, value, checked: index === 0, testid: `${name}-${value}` });
		return h("label", "option", radio, h("span", {}, h("b", {}, label), h("small", {}, words)));
	});
	const element = h("fieldset", "choice", h("legend", {}, legend), radios);
	return { element, value: () => element.querySelector("input:checked")?.getAttribute("value") ?? options[0][0] };
}

let menus = 0;

/** @param {string} label @param {{ label: string, run: () => void, kind?: string, disabled?: boolean, testid: string }[]} items */
export function menuButton(label, items) {
	const id = `menu-${menus += 1}`;
	const choices = items.map(({ label, run, kind = "", ...attributes }) => {
		const act = () => {
			list.hidePopover();
			run();
		};
		return button(label, act, { class: kind, ...attributes });
	});
	const list = h("div", { class: "menu", id, popover: "auto" }, choices);
	const opener = iconButton("more", label, null, { popovertarget: id, testid: "more" });
	list.addEventListener("beforetoggle", () => {
		const box = opener.getBoundingClientRect();
		list.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - 36 * items.length - 12))}px`;
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
	return h("span", {}, opener, list);
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
