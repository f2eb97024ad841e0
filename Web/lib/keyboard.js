import { h, isTyping } from "./dom.js";
import { modal } from "./modal.js";

/** What keystrokes that no field has taken do in the view that is shown. @type {Map<string, () => void>} */
const shortcuts = new Map();

const KEYS = [
	["/", "Go to the filter"],
	["j  k  ↓  ↑", "Next and previous key"],
	["x  Space", "Select the key; with Shift, all from the last one"],
	["Enter", "Open the key"],
	["e", "Open the key and edit its value"],
	["n", "New key"],
	["Escape", "Close the entry, clear the selection or the filter"],
	["⌘ S  Ctrl S", "Save the entry"],
	["?", "This list"],
];

export function showHelp() {
	const rows = KEYS.flatMap((
		[keys, words],
	) => [h("dt", {}, keys.split("  ").map((key) => h("kbd", {}, key))), h("dd", {}, words)]);
	modal({ title: "Keyboard", body: [h("dl", "shortcuts", rows)], testid: "help", dismiss: "Close" });
}

export function listenForKeys() {
	document.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
		if (document.querySelector("dialog[open]")) return;
		const act = event.key === "?" ? showHelp : shortcuts.get(event.key);
		if (!act) return;
		event.preventDefault();
		act();
	});
}

/** Takes keys for as long as the signal lives. @param {Record<string, () => void>} keys @param {AbortSignal} signal */
export function takeKeys(keys, signal) {
	for (const [key, act] of Object.entries(keys)) shortcuts.set(key, act);
	signal.addEventListener("abort", () => {
		for (const [key, act] of Object.entries(keys)) if (shortcuts.get(key) === act) shortcuts.delete(key);
	});
}
