import {h, span as part} from "./dom.js"

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0})
const tenth = new Intl.NumberFormat("en", {maximumFractionDigits: 1})
const compact = new Intl.NumberFormat("en", {notation: "compact", roundingMode: "floor"})
const moment = new Intl.DateTimeFormat("en-GB", {dateStyle: "medium", timeStyle: "medium"})
const clock = new Intl.DateTimeFormat("en-GB", {timeStyle: "medium"})

/** @param {Maybe<number>} number */
export const count = (number) => (typeof number === "number" ? whole.format(number) : "–")

/** Choices of a select. @param {string[]} names */
export const worded = (names) => names.map((name) => [name, capitalized(name)])

export const capitalized = (word = "") => word.charAt(0).toUpperCase() + word.slice(1)

/** "51,204 keys". @param {string} [noun] */
export const counted = (number = 0, noun = "key") => `${whole.format(number)} ${noun}${number === 1 ? "" : "s"}`

/** How many keys, in a corner of a link; the exact number on hover. @param {Maybe<number>} number */
export function keysSign(number) {
	if (typeof number !== "number") return null
	const words = (number < 100_000 ? whole : compact).format(number)
	return part({class: "n", title: `${count(number)} keys`}, words)
}

/** Exact below 10,000 bytes, then kB, MB, GB. @param {Maybe<number>} bytes */
export function size(bytes) {
	if (typeof bytes !== "number") return "–"
	if (bytes < 10_000) return `${whole.format(bytes)} B`
	const power = Math.min(3, Math.floor(Math.log10(bytes) / 3))
	return `${tenth.format(bytes / 1000 ** power)} ${["B", "kB", "MB", "GB"][power]}`
}

/** @param {Maybe<number>} bytes */
export const exactSize = (bytes) => (typeof bytes === "number" ? counted(bytes, "byte") : "")

/** Below so many seconds, in which unit. @type {[number, number, string][]} */
const SPANS = [[60, 1, "s"], [3600, 60, "min"], [48 * 3600, 3600, "h"], [60 * 86_400, 86_400, "days"], [
	730 * 86_400,
	30.44 * 86_400,
	"months"
], [Infinity, 365.25 * 86_400, "years"]]

/** "in 3 h", "5 min ago", "now". @param {number} milliseconds since 1970 */
export function relative(milliseconds) {
	const ahead = (milliseconds - Date.now()) / 1000, seconds = Math.abs(ahead)
	if (seconds < 2) return "now"
	const [, unit, name] = SPANS.find(([below]) => seconds < below) ?? SPANS[0]
	const span = `${Math.round(seconds / unit)} ${name}`
	return ahead > 0 ? `in ${span}` : `${span} ago`
}

/** "2 min 5 s". */
export function duration(seconds = 0) {
	if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`
	if (seconds < 60) return `${Math.round(seconds)} s`
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
	return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

/** The moment in the reader's own time zone. */
export const local = (milliseconds = 0) => moment.format(milliseconds)

/** The same, and in UTC; null for none. @param {number | null} milliseconds */
export function exact(milliseconds) {
	const date = new Date(milliseconds ?? NaN)
	return Number.isNaN(date.getTime()) ? null : `${local(+date)} (${date.toISOString().replace(/\.\d+/, "")})`
}

/** The moment at which a local day begins, or ends, as RFC 3339; what is no day stays. */
export function localDay(day = "", ends = false) {
	const date = new Date(`${day}T${ends ? "23:59:59.999" : "00:00:00.000"}`)
	return Number.isNaN(date.getTime()) ? day : date.toISOString()
}

export const timeOfDay = (milliseconds = 0) => clock.format(milliseconds)

/** @param {Maybe<string>} text RFC 3339 @returns {number | null} */
export function instant(text) {
	const value = text ? Date.parse(text) : NaN
	return Number.isNaN(value) ? null : value
}

// Controls, invisible and direction-changing characters, which would hide in a name or reorder it. The zero-width joiner
// stays: emoji are made with it.
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|^ +| +$/gu
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u

/** By their names, since few fonts have the pictures of U+2400. */
const CONTROLS =
	("NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC " +
		"FS GS RS US").split(" ")

function picture(character = "") {
	const code = character.codePointAt(0) ?? 0
	if (code === 0x20) return "␣".repeat(character.length)
	return `‹${CONTROLS[code] ?? code.toString(16).toUpperCase().padStart(4, "0")}›`
}

/** What cannot be seen made visible, for titles and messages. */
export const visible = (name = "") => name.replaceAll(UNSEEN, picture)

/** A name as nodes, in which what cannot be seen is visible. */
export function marked(name = "") {
	let from = 0
	const nodes = [...name.matchAll(UNSEEN)].flatMap(({0: found, index}) => {
		const before = name.slice(from, index)
		from = index + found.length
		return [before, part("unseen-mark", picture(found))]
	})
	return [...nodes, name.slice(from)].filter((one) => one !== "")
}

/** Without sign-in there is one user, who is nobody in particular. */
export const person = (who = "") => (who === "local" ? "local user" : visible(who))

const TAIL = 16

/** A name on one line: its prefix is dimmed, and when there is no room the middle goes. The whole is in the title. @param {string} [prefix] */
export function oneLine(name = "", prefix = "") {
	const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name
	const head = name.length > rest.length && part("dim", marked(prefix))
	const points = [...rest], cut = points.length > TAIL + 8 && !RIGHT_TO_LEFT.test(name)
	return h(
		"bdi",
		{class: "name", title: visible(name)},
		part("name-head", head, marked(cut ? points.slice(0, -TAIL).join("") : rest)),
		cut && part("name-tail", marked(points.slice(-TAIL).join("")))
	)
}

/** A name in running text, isolated and whole. */
export const quoted = (name = "") => h("bdi", "mono quoted", marked(name))
