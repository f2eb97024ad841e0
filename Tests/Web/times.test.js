import {equal} from "node:assert/strict"
import {seconds, time, utcTime} from "../../Web/lib/times.js"

Deno.test("a duration has a number with each unit", () => {
	const durations = [["90", 90], ["90s", 90], ["15m", 900], ["12h", 43_200], ["30d", 2_592_000], ["2w", 1_209_600], [
		" 1d 12h ",
		129_600
	], [
		"15 m",
		900
	]]
	for (const [text, expected] of durations) equal(seconds(text), expected, text)
	for (const text of ["", "h", "1x", "1.5h", "-1h", "1h30", "soon", "1H"]) equal(seconds(text), NaN, text)
})

Deno.test("a time has its time zone, or that of the reader", () => {
	const start = Date.UTC(2030, 0, 1)
	const zoned = [
		"2030-01-01T00:00:00Z",
		"2030-01-01t00:00:00.000z",
		"2030-01-01T02:00:00+02:00",
		"2030-01-01 02:00 +0200"
	]
	for (const text of [...zoned, "2029-12-31T19:30-04:30", "2030-01-01Z", "2030-01-01 UTC", "2030-01-01 01:00+01"]) {
		equal(time(text), start, text)
	}
	equal(time("2030-01-01+02:00"), start - 7_200_000)
	for (const text of ["2030-01-01", "2030-01-01 00:00", "2030-01-01T00:00:00"]) {
		equal(time(text), +new Date(2030, 0, 1), text)
	}
	for (
		const text of [
			"",
			"2030-1-1",
			"2030-02-29",
			"2030-04-31Z",
			"2030-13-01Z",
			"2030-01-01T25:00Z",
			"01.01.2030",
			"soon",
			"1h"
		]
	) {
		equal(time(text), NaN, text)
	}
})

Deno.test("a time is written as it is read", () => {
	for (const at of [Date.UTC(2030, 0, 1), Date.UTC(2030, 6, 1, 12, 30, 15), 0]) equal(time(utcTime(at)), at)
})
