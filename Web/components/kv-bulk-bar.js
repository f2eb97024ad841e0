import { button, fill, h, iconButton, span, textButton } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { bulkDialogs } from "../lib/view.js";

/** What can be done with the selected keys. There only while some are. */
export class KvBulkBar extends HTMLElement {
	connectedCallback() {
		Object.assign(this, { role: "region", ariaLabel: "Selection", hidden: !this.firstChild });
		this.dataset.testid = "bulk-bar";
	}

	/** @param {KeySelection} selection @param {Namespace} namespace @param {string} prefix @param {number | null} total of all that match @param {boolean} shut */
	show(selection, namespace, prefix, total, shut) {
		const { all, empty, names } = selection;
		this.hidden = empty;
		if (empty) return fill(this);
		const chosen = all ? total : names.size, asked = () => selection.asked(prefix);
		const words = chosen === null ? "All matching selected" : `${all ? "All " : ""}${count(chosen)} selected`;
		const more = !all && (total === null || total > names.size);
		const rest = total === null ? "Select all matching" : `Select all ${count(total)} matching`;
		const copy = () => bulkDialogs((d) => d.openCopy(namespace, asked(), chosen));
		const take = () => bulkDialogs((d) => d.openExport(namespace, asked(), chosen));
		const remove = () => bulkDialogs((d) => d.openDelete(namespace, asked(), chosen));
		fill(
			this,
			h("b", { testid: "selected-count", role: "status" }, words),
			more && textButton(rest, () => selection.selectAll(), "@select-all-matching"),
			span(
				"bulk-acts",
				button("Copy…", copy, "@bulk-copy"),
				button("Export…", take, "@bulk-export"),
				button("Delete…", remove, { class: "danger", testid: "bulk-delete", disabled: shut }),
				iconButton("close", "Clear the selection", () => selection.clear(), "@bulk-clear"),
			),
		);
	}
}

customElements.define("kv-bulk-bar", KvBulkBar);
