import "./kv-dock.js"
import {api, at, send} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {h, labelled, select, VERBATIM} from "../lib/dom.js"
import {followed} from "../lib/followed.js"
import {quoted, visible, worded} from "../lib/format.js"
import {FORMATS} from "../lib/job-parts.js"
import {keyField} from "../lib/key-field.js"
import {modal} from "../lib/modal.js"
import {here, keysAt, router} from "../lib/router.js"
import {openJob} from "../lib/view.js"

/** Gives one key another name, as a job that can be undone. @param {Place} place @param {string} key */
export function renameKey({store, id}, key) {
	const name = keyField("rename-name", key), list = keysAt({...router.route, key: null})
	const start = followed.once(() => router.go(list, {replace: true}))
	modal({
		title: "Rename key",
		testid: "rename-key",
		action: "Rename",
		body: [
			h("p", {}, "Value, metadata, expiration and annotation of ", quoted(key), " go with it."),
			labelled("New name", name.field)
		],
		missing: () => (name.key && name.key !== key ? null : "another name"),
		async onSubmit() {
			const {keys} = await api.keys({store, id}, {prefix: name.key, limit: 1})
			if (keys[0]?.name === name.key) {
				throw new Error(`"${visible(name.key)}" exists already. Choose another name.`)
			}
			const how = {oldPrefix: key, newPrefix: name.key, collision: "fail"}
			const job = await start({kind: "rename", store, namespace: id, selection: {keys: [key]}, ...how})
			openBehind(job, list, keysAt({...router.route, key: name.key}))
		}
	})
}

/** Once the job's dialog has left after a success, unless one has gone on. @param {Followed} job @param {string} from @param {string} to */
function openBehind(job, from, to) {
	const moved = () => {
		const isThere = followed.jobs.includes(job)
		if (isThere && job.inDialog) return
		followed.removeEventListener("change", moved)
		const done = !isThere && job.watch.job.state === "completed"
		if (done && here() + location.search === from) router.go(to)
	}
	followed.addEventListener("change", moved)
}

const LIST_FORMATS = [
	["auto", "Detect by content"],
	["text", "One key per line"],
	...FORMATS
]

/** A job for just the keys that a file or a text names. @param {Namespace} namespace @param {FileList | null} [files] */
export function openKeyList(namespace, files = null) {
	const shut = namespace.protected || catalog.shelf(namespace.store)?.protected
	const kinds = shut ? ["copy", "export"] : ["delete", "copy", "move", "export", "rename", "expire", "tag"]
	const kind = select(worded(catalog.kindsOf(namespace.store, kinds)), "copy", {testid: "list-kind"})
	const names = h("textarea", {rows: 6, placeholder: "One key per line", testid: "list-names", ...VERBATIM})
	const file = h("input", {type: "file", testid: "list-file"})
	file.files = files
	const format = select(LIST_FORMATS, "auto", {testid: "list-format"})
	modal({
		title: "Work on a list of keys",
		testid: "key-list",
		action: "Continue",
		body: [
			h("p", {}, "Keys of ", quoted(namespace.title), ", named here or in a file of any size."),
			labelled("Action", kind),
			labelled("Keys", names),
			labelled("Or choose a file", file),
			labelled("What the file holds", format, "Of a file of entries, only the keys are used.")
		],
		// Never both: what is typed would be passed over.
		changed: () => names.disabled = (file.files?.length ?? 0) > 0,
		missing: () => (names.value.trim() || file.files?.length ? null : "keys"),
		async onSubmit() {
			const [chosen] = file.files ?? [], body = chosen ?? names.value
			const path = `${at.keyLists}?format=${chosen ? format.value : "text"}`
			const {list, keys} = JSON.parse(await send("POST", path, {body}))
			openJob(kind.value, namespace, {list}, keys)
		}
	})
}
