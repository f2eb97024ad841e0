/** @import { KeyItem } from "../lib/types.js" */
import { h } from "../lib/dom.js";
import { exactSize, relative, size, titleOf } from "../lib/format.js";
import { oneLine, visible } from "../lib/names.js";

const SOON = 86_400_000;
const HEADS = [["Key", ""], ["Size", "num"], ["Expires", ""], ["Metadata", ""]];

/** @param {HTMLInputElement} selectAll */
export function headRow(selectAll) {
	const cells = HEADS.map(([words, kind]) => h("div", { role: "columnheader", class: kind }, words));
	return h(
		"div",
		{ class: "grid-row grid-head", role: "row", "aria-rowindex": 1 },
		h("div", { role: "columnheader" }, selectAll),
		cells,
	);
}

/**
 * A row whose key is still on its way shows as waiting. @param {number} index @param {KeyItem | undefined} item
 * @param {{ chosen: boolean, opened: boolean, active: boolean, prefix: string, link: string }} state
 */
export function keyRow(index, item, { chosen, opened, active, prefix, link }) {
	const place = { role: "row", "aria-rowindex": index + 2, "data-index": index, tabindex: active ? 0 : -1 };
	if (!item) return h("div", { class: "grid-row", ...place }, h("div", { role: "gridcell", "aria-colspan": 5 }, "…"));
	const when = typeof item.expiration === "number" ? item.expiration * 1000 : null;
	const soon = when !== null && when - Date.now() < SOON;
	const metadata = item.metadata === undefined || item.metadata === null ? "" : JSON.stringify(item.metadata);
	const cell = (
		/** @type {string} */ kind,
		/** @type {string | null} */ title,
		/** @type {string | HTMLElement} */ child,
	) => h("div", { role: "gridcell", class: kind, title }, child);
	return h(
		"div",
		{
			class: `grid-row${chosen ? " on" : ""}${opened ? " open" : ""}`,
			"aria-selected": String(chosen),
			testid: "key-row",
			"data-key": item.name,
			...place,
		},
		cell(
			"",
			null,
			h("input", {
				type: "checkbox",
				checked: chosen,
				tabindex: -1,
				"aria-label": `Select ${visible(item.name)}`,
			}),
		),
		cell("key", null, h("a", { href: link, tabindex: -1 }, oneLine(item.name, prefix))),
		cell("num", exactSize(item.size), size(item.size)),
		cell(soon ? "expires soon" : "expires", titleOf(when), when === null ? "never" : relative(when)),
		cell("metadata", visible(metadata.slice(0, 1200)), h("bdi", {}, visible(metadata.slice(0, 200)))),
	);
}
