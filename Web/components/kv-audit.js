import {api, query} from "../lib/api.js"
import {catalog, storeName} from "../lib/catalog.js"
import {div, fill, h, icon, span} from "../lib/dom.js"
import {capitalized, counted, exact, instant, oneLine, person, relative, visible} from "../lib/format.js"
import {DAYS, ListView, NAMESPACE} from "../lib/list-view.js"
import {jobAt, keysAt} from "../lib/router.js"

const HEADS = [["When"], ["Action"], ["What"], ["Where"], ["Who"], ["Job"]]
const ACTIONS = [
	"namespace created renamed protected unprotected deleted",
	"entry written deleted",
	"entries written deleted",
	"job completed incomplete failed cancelled deleted"
].flatMap((words) => {
	const [what, ...done] = words.split(" ")
	return done.map((one) => `${what}_${one}`)
})
const worded = (action = "") => capitalized(action).replaceAll("_", " ")
const FIELDS = [
	...DAYS,
	{name: "who", words: "Who"},
	{name: "action", words: "Action", options: ACTIONS.map((action) => [action, worded(action)])},
	{name: "store", words: "Store"},
	NAMESPACE,
	{name: "key", words: "Key"},
	{name: "job", words: "Job ID"}
]

/** Records name stores as addresses do, a page by their labels. */
const called = (text = "") =>
	catalog.shelves.reduce((said, shelf) => said.replace(`(${shelf.name}/`, `(${storeName(shelf)} / `), text)

/** Who did what, newest first. @extends {ListView<API.AuditRecord>} */
export class KvAudit extends ListView {
	constructor() {
		super("Audit", FIELDS, HEADS, "Nothing yet. What is written, deleted or started is noted here.")
	}

	/** @override @param {Fields} filter */
	async page(filter) {
		const href = "/api/audit" + query({...this.asked, format: "csv"})
		fill(this.tools, h("a", {class: "button", href, download: true, testid: "audit-csv"}, icon("down"), "CSV"))
		const {audit: items, cursor} = await api.audit(filter, this.signal)
		return {items, cursor}
	}

	/** @override @param {API.AuditRecord} line */
	row({at, who, via, action, store, namespace, namespaceTitle, key, count, job, jobKind, detail}) {
		const when = instant(at) ?? 0, place = store && namespace ? {store, id: namespace} : null
		const said = visible(called(String(detail ?? ""))), name = key && span("mono grow", oneLine(key))
		const what = name && place ? h("a", {href: keysAt({...place, key})}, name) : name
		const words = [what, !key && count && counted(count), said].filter(Boolean)
		const where = h("bdi", {}, visible(namespaceTitle || namespace || store || ""))
		return h(
			"tr",
			"@audit-row",
			h("td", {title: exact(when)}, relative(when)),
			h("td", {}, visible(worded(action))),
			h(
				"td",
				"main",
				div({class: "cut", title: said}, words.flatMap((one, index) => (index ? [" · ", one] : [one])))
			),
			h("td", {}, div("cut", place ? h("a", {href: keysAt(place)}, where) : where)),
			h("td", {title: visible(via)}, person(who)),
			h("td", {}, job && h("a", {href: jobAt(job), class: "link"}, visible(jobKind || "job")))
		)
	}
}

customElements.define("kv-audit", KvAudit)
