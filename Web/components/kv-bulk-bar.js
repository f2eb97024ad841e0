/** @import { JobSelection, Namespace } from "../lib/types.js" */
/** @import { Selection } from "../lib/selection.js" */
import { button, fill, h, iconButton, span, textButton } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { openCopy, openDelete } from "./bulk-dialogs.js";
import { openExport } from "./transfer-dialogs.js";

/** What can be done with the selected keys. There only while some are. */
export class KvBulkBar extends HTMLElement {
	connectedCallback() {
		this.setAttribute("role", "region");
		this.setAttribute("aria-label", "Selection");
		this.dataset.testid = "bulk-bar";
		this.hidden ||= !this.firstChild;
	}

	/**
	 * @param {Selection} selection
	 * @param {{ store: string, namespace: Namespace, prefix: string, total: number | null, shut: boolean }} place `total`: of all that match
	 */
	show(selection, { store, namespace, prefix, total, shut }) {
		this.hidden = selection.empty;
		if (selection.empty) return fill(this);
		const chosen = selection.all ? total : selection.names.size;
		const words = chosen === null
			? "All matching selected"
			: `${selection.all ? "All " : ""}${count(chosen)} selected`;
		const more = !selection.all && (total === null || total > selection.names.size);
		const act = (
			/** @type {(store: string, namespace: Namespace, selection: JobSelection, number: number | null) => void} */ open,
		) =>
		() => open(store, namespace, selection.asked(prefix), chosen);
		const all = total === null ? "Select all matching" : `Select all ${count(total)} matching`;
		fill(
			this,
			h("b", { testid: "selected-count", role: "status" }, words),
			more && textButton(all, () => selection.selectAll(), { testid: "select-all-matching" }),
			span(
				"bulk-acts",
				button("Copy…", act(openCopy), { testid: "bulk-copy" }),
				button("Export…", act(openExport), { testid: "bulk-export" }),
				button("Delete…", act(openDelete), { kind: "danger", testid: "bulk-delete", disabled: shut }),
				iconButton("close", "Clear the selection", () => selection.clear(), { testid: "bulk-clear" }),
			),
		);
	}
}

customElements.define("kv-bulk-bar", KvBulkBar);
