import {catalog} from "../lib/catalog.js"
import {plainButton} from "../lib/dom.js"
import {capitalized, visible} from "../lib/format.js"
import {copyText, menuButton} from "../lib/popups.js"
import {keyDialogs, namespaceDialogs, openImport, openJob} from "../lib/view.js"

const BULK = ["copy", "move", "rename", "expire", "tag"]

/** What can be done with a whole namespace. @param {Namespace} one @param {boolean} [shut] by its store */
export function namespaceMenu(one, shut) {
	const {store, id, title, keyCount} = one, disabled = one.protected || shut, all = {all: true}
	/** @type {(act: (dialogs: typeof import("./namespace-dialogs.js")) => void) => Act} */
	const dialog = (act) => () => namespaceDialogs(act)
	const work = BULK.map((kind) =>
		plainButton(`${capitalized(kind)} keys…`, () => openJob(kind, one, all, kind === "rename" ? null : keyCount), {
			disabled: disabled && kind !== "copy",
			testid: `menu-${kind}`
		})
	)
	const protect = catalog.shelf(store)?.protectsNamespaces === true
	return menuButton(`More for ${visible(title || id)}`, [
		plainButton("Rename…", dialog((d) => d.renameNamespace(one)), {disabled, testid: "rename"}),
		plainButton("Import…", () => openImport(one), {disabled}),
		plainButton("Export…", () => openJob("export", one, all, keyCount)),
		...work,
		plainButton("Work on a list of keys…", () => keyDialogs((d) => d.openKeyList(one)), "@key-list-open"),
		...(protect
			? [plainButton(
				one.protected ? "Allow changes…" : "Protect…",
				dialog((d) => d.protectNamespace(one)),
				"@protect"
			)]
			: []),
		plainButton("Copy ID", () => copyText(id, "ID")),
		plainButton("Delete…", dialog((d) => d.deleteNamespace(one)), {class: "danger", disabled, testid: "delete"})
	])
}
