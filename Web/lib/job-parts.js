import {KvExpiration} from "../components/kv-expiration.js"
import {KvTags} from "../components/kv-tags.js"
import {catalog, matching, storeName} from "./catalog.js"
import {colors, div, fill, h, labelled, searchField, span} from "./dom.js"
import {visible} from "./format.js"
import {keyField} from "./key-field.js"
import {choice} from "./modal.js"
import {settled} from "./view.js"

export const FORMATS = [
	["ndjson", "NDJSON", "one entry a line; nothing is left out"],
	["json", "JSON", "one array of entries"],
	["csv", "CSV", "for spreadsheets"],
	["wrangler", "wrangler", "for wrangler kv bulk put"]
]

const COLLISIONS = [
	["overwrite", "Overwrite", "the entry there is replaced"],
	["skip", "Skip", "the entry there stays"],
	["fail", "Stop", "the job ends at the first one"]
]

const TAGGINGS = [
	["add", "Add", "to the existing tags"],
	["remove", "Remove", "from the existing tags"],
	["replace", "Replace", "all existing tags, or remove them"],
	["color", "Color", "set or remove it"]
]

export const collisions = (where = "") => choice(`When a key exists ${where}already`, "collision", COLLISIONS)

/** A choice of namespace over all stores; where there are many, a filter asks the server. @param {Place} from what to leave out */
function targetField(from) {
	const field = h("select", {testid: "copy-target"}), filter = searchField("Find a namespace")
	/** @type {Map<string, Namespace[]>} */
	let found = new Map()
	const offer = () => {
		const groups = catalog.shelves.map((shelf) => {
			const known = found.get(shelf.name) ?? shelf.namespaces
			const others = known.filter(matching(filter.value.trim()))
				.filter(({store, id}) => store !== from.store || id !== from.id)
			const options = others.map(({store, id, title, protected: shut}) => {
				const disabled = shut || shelf.protected, value = JSON.stringify({store, namespace: id})
				return h("option", {value, disabled}, visible(title) + (disabled ? " (protected)" : ""))
			})
			return options.length > 0 && h("optgroup", {label: storeName(shelf)}, options)
		})
		const before = field.value
		fill(field, groups)
		if (before) field.value = before
	}
	const renew = () => {
		offer()
		field.dispatchEvent(new Event("change", {bubbles: true}))
	}
	filter.addEventListener(
		"input",
		settled(200, async () => {
			found = await catalog.search(filter.value.trim())
			renew()
		})
	)
	const many = catalog.shelves.some((shelf) => shelf.cursor !== null)
	const value = () => {
		const [chosen] = field.selectedOptions
		return chosen && !chosen.disabled ? JSON.parse(chosen.value) : null
	}
	offer()
	catalog.refresh().then(() => filter.value || renew())
	const title = () => field.selectedOptions[0]?.textContent ?? ""
	return {elements: [many && filter, labelled("To", field)], value, title}
}

/** Into another namespace. @returns {MakePart} */
const elsewhere = (then = "") => (namespace) => {
	const {elements, value, title} = targetField(namespace), collision = collisions("there ")
	const none = !value() && h("p", "notice", "There is no other namespace. Create one first.")
	return {
		then,
		title,
		fields: [none, ...elements, collision.element],
		how: () => value() && {target: value(), collision: collision.value()},
		destroys: () => collision.value() === "overwrite"
	}
}

/** @param {Namespace} namespace */
function expiration({store}) {
	const field = new KvExpiration()
	field.hold(null, catalog.shelf(store)?.limits.minimumTTL ?? 60, false)
	field.kind.value = "in"
	field.render()
	return {then: " will be given this expiration.", fields: [field], how: () => field.asked}
}

/** What all begin with, up to the last sign that parts words: `user:` rather than `user:00`. @param {string[]} names */
function sharedPrefix(names) {
	const shared = names.reduce((prefix, name) => {
		let end = 0
		while (end < prefix.length && prefix[end] === name[end]) end += 1
		return prefix.slice(0, end)
	}, names[0] ?? "")
	return shared.replace(/[\p{L}\p{N}\p{M}\p{S}]+$/u, "")
}

/** @param {Namespace} _ @param {JobSelection} selection */
function renaming(_, selection) {
	const named = "keys" in selection || "list" in selection, collision = collisions()
	const prefix = "prefix" in selection ? selection.prefix : "keys" in selection ? sharedPrefix(selection.keys) : ""
	const from = keyField("rename-from", prefix), to = keyField("rename-to", prefix)
	/** @type {() => object} */
	const which = () => (named ? {oldPrefix: from.key} : {selection: {prefix: from.key}})
	return {
		then: ". The rest of their names stays.",
		fields: [
			labelled("Keys that begin with", from.field),
			labelled("Begin with this instead", to.field),
			collision.element
		],
		how: () =>
			from.key && from.key !== to.key ? {...which(), newPrefix: to.key, collision: collision.value()} : null,
		destroys: () => collision.value() === "overwrite"
	}
}

function tagging() {
	const how = choice("Change", "tagging", TAGGINGS), field = new KvTags("tags-field"), color = colors("color-field")
	const tags = div("labelled", span("", "Tags"), field), paint = labelled("Color", color)
	const isColor = () => how.value() === "color"
	const show = () => {
		tags.hidden = isColor()
		paint.hidden = !isColor()
	}
	show()
	how.element.addEventListener("change", show)
	return {
		then: ": their tags or color will change.",
		fields: [how.element, tags, paint],
		how: () => {
			if (isColor()) return {color: color.value || null}
			return field.tags.length > 0 || how.value() === "replace" ? {[how.value()]: field.tags} : null
		}
	}
}

function exporting() {
	const format = choice("Format", "format", FORMATS), gzip = h("input", {type: "checkbox", testid: "gzip"})
	return {
		then: ". The file is downloaded when it is ready.",
		fields: [format.element, h("label", "check", gzip, "Compress with gzip")],
		how: () => ({format: format.value(), gzip: gzip.checked}),
		destroys: null
	}
}

/** What is asked about each kind of job. @type {Record<string, MakePart>} */
export const PARTS = {
	delete: () => ({then: " will be deleted.", fields: [], how: () => ({})}),
	copy: elsewhere(", with value, metadata, expiration and annotation."),
	move: elsewhere(", with value, metadata, expiration and annotation. Here they are gone then."),
	rename: renaming,
	expire: expiration,
	tag: tagging,
	export: exporting
}
