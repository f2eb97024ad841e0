const SIZES = [1, 60, 3600, 86_400, 604_800]
const TIME =
	/^(\d{4}-\d\d-(\d\d))(?:[Tt ] *(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))? *(?:(Z|z|UTC|GMT)|([+-]\d\d):?(\d\d)?)?$/

/** The seconds of a duration as the server reads it: "90s", "15m", "12h", "30d", "1d 12h", or a number. NaN for other text. */
export function seconds(text = "") {
	if (!/^ *(\d+|(\d+ *[smhdw] *)+)$/.test(text)) return NaN
	const parts = [...text.matchAll(/(\d+) *(\w?)/g)]
	return parts.reduce((sum, [, number, unit]) => sum + Number(number) * SIZES["smhdw".indexOf(unit)], 0)
}

/** The milliseconds since 1970 of RFC 3339 or of a date; in the reader's own time zone unless it has one. NaN for other text. */
export function time(text = "") {
	const [, date = "", day, clock = "00:00", utc, hours, minutes = "00"] = TIME.exec(text.trim()) ?? []
	// Some browsers take February 30 for March 2.
	if (new Date(date).getUTCDate() !== Number(day)) return NaN
	return Date.parse(`${date}T${clock}${utc ? "Z" : hours ? `${hours}:${minutes}` : ""}`)
}

/** "2030-01-31T12:00:00Z". */
export const utcTime = (milliseconds = 0) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
