import { h } from "../lib/dom.js";
import { modal } from "../lib/modal.js";

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

export function openHelp() {
	const rows = KEYS.flatMap(([keys, words]) => {
		const signs = keys.split("  ").map((key) => h("kbd", {}, key));
		return [h("dt", {}, signs), h("dd", {}, words)];
	});
	modal({ title: "Keyboard", body: [h("dl", "shortcuts", rows)], testid: "help", dismiss: "Close" });
}
