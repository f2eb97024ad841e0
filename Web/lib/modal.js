import {reason} from "./api.js"
import {button, div, fill, h, icon, labelled, VERBATIM} from "./dom.js"
import {quoted} from "./format.js"

/**
 * Opens a dialog. While `onSubmit` runs the button is busy; when it throws, the reason is shown and the dialog stays.
 * `onClose` runs in every case.
 * @param {ModalOptions} options
 */
export function modal(
	{title, body, testid, action, dangerous, dismiss = "Cancel", missing, changed, remedy, onSubmit, onClose}
) {
	const problem = h("p", {class: "problem", role: "alert", hidden: true})
	const kind = dangerous ? "primary danger" : "primary"
	const submit = action ? button(action, null, {class: kind, type: "submit", testid: `${testid}-submit`}) : null
	const update = () => {
		if (!submit) return
		changed?.(submit)
		submit.disabled = form.ariaBusy === "true" || (missing?.() ?? null) !== null
	}
	const work = async (/** @type {Event} */ event) => {
		event.preventDefault()
		if (!submit || submit.disabled) return
		form.ariaBusy = "true"
		problem.hidden = true
		update()
		try {
			await onSubmit?.()
			opened.close()
		} catch (error) {
			fill(problem, icon("alert"), h("span", {}, reason(error), " ", remedy?.(Object(error))))
			problem.hidden = false
		}
		form.ariaBusy = "false"
		update()
	}
	const foot = div("sheet-foot", button(dismiss, () => opened.close(), `@${testid}-dismiss`), submit)
	const heading = h("h2", {id: `${testid}-title`}, title), on = {submit: work, input: update, change: update}
	const form = h("form", {class: "sheet", novalidate: true, on}, heading, body, problem, foot)
	const opened = openDialog(h("dialog", {testid, "aria-labelledby": heading.id}, form), onClose)
	update()
	return {update, close: opened.close}
}

/** Takes the dialog away when it is closed, by Escape too. @param {HTMLDialogElement} dialog @param {() => void} [onClose] */
export function openDialog(dialog, onClose) {
	const before = document.activeElement
	document.body.append(dialog)
	dialog.addEventListener("close", () => {
		dialog.remove()
		onClose?.()
		if (document.querySelector("dialog[open]")) return
		// What opened it may be gone, or was busy and had lost the focus; then the view takes it.
		if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus()
		else document.getElementById("view")?.focus()
	})
	dialog.showModal()
	return {close: () => dialog.open && dialog.close()}
}

/** Whether to go on. @param {Question} question @returns {Promise<boolean>} */
export function ask({text, ...question}) {
	return new Promise((resolve) => {
		let yes = false
		const onSubmit = () => yes = true
		modal({body: [h("p", {}, text)], dangerous: true, onSubmit, onClose: () => resolve(yes), ...question})
	})
}

/** @param {string} [value] */
export const titleField = (testid = "", value = "") =>
	h("input", {type: "text", maxlength: 512, value, testid, autofocus: true, ...VERBATIM})

/** A field into which a title must be typed before something of weight; it is there only while one is asked for. */
export function titleTyped() {
	const field = titleField("typed-title"), words = h("span"), element = h("div")
	const label = labelled(["Type ", words, " to confirm"], field)
	let title = /** @type {string | null} */ (null)
	return {
		element,
		ask(/** @type {string | null} */ wanted) {
			if (title === wanted) return
			title = wanted
			fill(words, quoted(title ?? ""))
			fill(element, title !== null && label)
		},
		missing: () => (title === null || field.value === title ? null : "the title")
	}
}

/** @param {string} legend @param {string} name @param {string[][]} options value, label, words */
export function choice(legend, name, options) {
	const radios = options.map(([value, label, words], index) => {
		const radio = h("input", {type: "radio", name, value, checked: index === 0, testid: `${name}-${value}`})
		return h("label", "option", radio, h("span", {}, h("b", {}, label), h("small", {}, words)))
	})
	const element = h("fieldset", "choice", h("legend", {}, legend), radios)
	return {element, value: () => element.querySelector("input:checked")?.getAttribute("value") ?? options[0][0]}
}
