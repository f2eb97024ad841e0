import "./kv-dock.js"
import {at, query, upload} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {h, labelled, select, setText, textButton} from "../lib/dom.js"
import {followed} from "../lib/followed.js"
import {capitalized, counted, quoted, size} from "../lib/format.js"
import {collisions, FORMATS, PARTS} from "../lib/job-parts.js"
import {JobPlan} from "../lib/job-plan.js"
import {modal, titleTyped} from "../lib/modal.js"
import {keyDialogs} from "../lib/view.js"

/** What a selection holds, in words. @param {JobSelection} selection @param {Maybe<number>} number */
function selectionWords(selection, number) {
	const many = typeof number === "number" ? counted(number) : "All keys"
	if ("list" in selection) return [`${many} of a list`]
	return "prefix" in selection ? [`${many} under `, quoted(selection.prefix)] : [many]
}

/**
 * Asks how a bulk job is to be done, shows what it would do, and starts it. What cannot be undone, or takes a whole namespace
 * away, asks for the title to be typed.
 * @type {OpenJob}
 */
export function openJob(kind, namespace, selection, number = null) {
	const {then, fields, how, title, destroys = () => true} = PARTS[kind](namespace, selection)
	const {store, id} = namespace, start = followed.once(), typed = titleTyped()
	const isFar = (name = "") => !catalog.isFree(name)
	const whole = "all" in selection && (kind === "delete" || kind === "move")
	const job = () => how() && {kind, store, namespace: id, selection, ...how()}
	const costs = () => isFar(store) || isFar(how()?.target?.store ?? store)
	let update = () => {}
	const plan = new JobPlan(() => update(), costs, destroys !== null)
	const firm = () => whole || (destroys?.() && !(plan.plan ? plan.plan.undoable : plan.waiting || !costs()))
	const label = () => {
		const keys = plan.plan?.complete ? plan.plan.keys : number
		return `${capitalized(kind)} ${keys === null ? "all matching keys" : counted(keys)}`
	}
	if ("keys" in selection) plan.list(selection.keys, selection.keys.length)
	;({update} = modal({
		title: number === null ? `${capitalized(kind)} keys` : label(),
		testid: `${kind}-dialog`,
		action: label(),
		dangerous: kind === "delete",
		body: [
			h("p", {}, ...selectionWords(selection, number), " from ", quoted(namespace.title), then),
			...fields,
			plan.facts,
			plan.names,
			typed.element
		],
		changed(submit) {
			plan.ask(job())
			typed.ask(firm() ? (kind === "copy" && title?.()) || namespace.title : null)
			setText(submit, label())
		},
		missing: () => (plan.waiting ? "the plan" : job() ? typed.missing() : "a choice"),
		onSubmit: () => start(job() ?? {}),
		onClose: () => plan.stop()
	}))
}

/** A format and an encoding. */
const EXCEL = ["csv windows-1252", "CSV in Windows-1252 (Excel)"]

/** @param {Namespace} namespace */
export function openImport(namespace) {
	const field = h("input", {type: "file", testid: "import-file"}), collision = collisions()
	const format = select([["auto", "Detect by content"], ...FORMATS, EXCEL], "auto", {testid: "import-format"})
	const words = h("p", {testid: "upload-progress", role: "status", hidden: true})
	const leaving = new AbortController()
	/** @type {Sent} */
	const sent = (bytes, total) => {
		const going = `Uploading ${size(bytes)} of ${size(total)}`
		setText(words, bytes < total ? going : "Uploaded; the server is taking it in…")
		words.hidden = false
	}
	const asList = () => {
		dialog.close()
		keyDialogs((dialogs) => dialogs.openKeyList(namespace, field.files))
	}
	const dialog = modal({
		title: "Import",
		testid: "import-dialog",
		action: "Import",
		body: [
			h("p", {}, "Into ", quoted(namespace.title), ". NDJSON, JSON or CSV, also of other tools, gzipped or not."),
			labelled("Choose a file, or drop it on the field", field),
			labelled("Format", format),
			collision.element,
			words
		],
		missing: () => (field.files?.length ? null : "a file"),
		remedy: ({code}) => code === "no_values" && textButton("Work on these keys…", asList, "@import-as-list"),
		// An upload that is given up fails, in a dialog that nobody sees.
		onClose: () => leaving.abort(),
		async onSubmit() {
			const [file] = field.files ?? [], {signal} = leaving, [kind, encoding] = format.value.split(" ")
			const how = query({format: kind, encoding, collision: collision.value(), filename: file.name})
			sent(0, file.size)
			try {
				const path = `${at.namespace(namespace)}/import${how}`
				followed.follow(JSON.parse(await upload("POST", path, file, {signal, sent})))
			} finally {
				words.hidden = true
			}
		}
	})
}
