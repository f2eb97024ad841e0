const UNITS = new Map(Object.entries({s: 1, m: 60, h: 3600, d: 86_400, w: 604_800}))
const DURATION = /^(?:\d+ *[smhdw] *)+$/
const TIME =
	/^(\d{4})-(\d\d)-(\d\d)(?:[Tt ] *(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))? *(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/

/** The seconds of a duration as the server reads it: "90s", "15m", "12h", "30d", "1d 12h", or a number. NaN for other text. */
export function seconds(text = "") {
	const trimmed = text.trim()
	if (/^\d+$/.test(trimmed)) return Number(trimmed)
	if (!DURATION.test(trimmed)) return NaN
	const parts = trimmed.matchAll(/(\d+) *([smhdw])/g)
	return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS.get(unit) ?? NaN), 0)
}

/** The milliseconds since 1970 of RFC 3339 or of a date; in the reader's own time zone unless it has one. NaN for other text. */
export function time(text = "") {
	const [whole, year, month, day, clock = "00:00", zone = ""] = TIME.exec(text.trim()) ?? []
	if (!whole || Number(day) > daysIn(Number(year), Number(month))) return NaN
	const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}` : zone && "Z"
	return Date.parse(`${year}-${month}-${day}T${clock}${offset}`)
}

const daysIn = (year = 0, month = 0) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** "2030-01-31T12:00:00", in the reader's own time zone: what a field for a date and a time holds. */
export function localTime(milliseconds = 0) {
	const date = new Date(milliseconds)
	return new Date(+date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** The same with the time zone: RFC 3339. */
export function zonedTime(milliseconds = 0) {
	const minutes = -new Date(milliseconds).getTimezoneOffset(), size = Math.abs(minutes)
	if (minutes === 0) return `${localTime(milliseconds)}Z`
	const digits = (number = 0) => String(Math.floor(number)).padStart(2, "0")
	return `${localTime(milliseconds)}${minutes < 0 ? "-" : "+"}${digits(size / 60)}:${digits(size % 60)}`
}
