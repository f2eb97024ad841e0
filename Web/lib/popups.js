import {div, h, icon, iconButton, span} from "./dom.js"

/** To those who listen rather than look. */
export function speak(text = "") {
	const region = document.getElementById("spoken")
	if (region) region.textContent = text
}

const STAYS = 4000, STAYS_WITH_A_LINK = 10_000

/** @param {Child | Child[]} text @param {"good" | "bad"} [mood] */
export function toast(text, mood = "good") {
	const close = iconButton("close", "Dismiss", () => note.remove())
	const note = div(`toast ${mood} @toast`, icon(mood === "good" ? "check" : "alert"), span("grow", text), close)
	document.getElementById("toasts")?.append(note)
	if (mood === "good") setTimeout(() => note.remove(), Array.isArray(text) ? STAYS_WITH_A_LINK : STAYS)
}

export async function copyText(text = "", what = "") {
	try {
		await navigator.clipboard.writeText(text)
		toast(`${what} copied`)
	} catch {
		toast(`${what} could not be copied: the browser forbids it here.`, "bad")
	}
}

let menus = 0

/** What more can be done, behind one button; a line parts the groups. @param {string} label @param {HTMLButtonElement[][]} groups */
export function menuButton(label, ...groups) {
	const id = `menu-${menus += 1}`, choices = groups.flat()
	const shown = groups.flatMap((group, index) => index ? [h("hr"), ...group] : group)
	const list = h("div", {class: "menu", id, popover: "auto"}, shown)
	const opener = iconButton("more", label, null, {popovertarget: id, testid: "more"})
	list.addEventListener("beforetoggle", () => {
		const box = opener.getBoundingClientRect()
		const tall = 34 * choices.length + 9 * groups.length + 5, fits = box.bottom + tall < innerHeight
		list.style.top = `${Math.max(8, fits ? box.bottom + 4 : box.top - tall)}px`
		const {clientWidth} = document.documentElement
		list.style.right = `${Math.max(8, Math.min(clientWidth - box.right, clientWidth - 190))}px`
	})
	// Closed before what was chosen begins, so that the focus is back where the menu was opened.
	list.addEventListener("click", (event) => event.target !== list && list.hidePopover(), {capture: true})
	list.addEventListener("keydown", (event) => {
		const step = {ArrowDown: 1, ArrowUp: -1}[event.key]
		if (!step) return
		event.preventDefault()
		const free = choices.filter((one) => !one.disabled)
		const at = free.findIndex((one) => one === document.activeElement)
		free[(at + step + free.length) % free.length]?.focus()
	})
	return h("span", {}, opener, list)
}
