import {deepEqual, equal} from "node:assert/strict"
import {laidOut, membersOf, memberText, problemIn, withoutBlanks} from "../../Web/lib/json.js"

Deno.test("what is wrong is told with its line and column, counted from 1", () => {
	const wrong = [
		['{"a": 1,\n "b": }', 2, 7],
		["", 1, 1],
		['{"a" 1}', 1, 6],
		["[1, 2", 1, 6],
		['{"a": 01}', 1, 8],
		['"tab\tinside"', 1, 1],
		["nul", 1, 1],
		["{} {}", 1, 4],
		['{"é🎉": x}', 1, 9]
	]
	for (const [text, line, column] of wrong) {
		const {message, ...place} = problemIn(text)
		deepEqual([place.line, place.column], [line, column], `${text}: ${message}`)
	}
})

Deno.test("what JSON.parse takes is right, and what it refuses is wrong", () => {
	const pieces = ["{", "}", "[", "]", ",", ":", '"a"', '"\\u00e9"', "1", "-0.5e3", "true", "null", " ", "\n"]
	let seed = 7
	const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648
	for (let round = 0; round < 20_000; round += 1) {
		const text = Array.from({length: 1 + random() * 9}, () => pieces[Math.floor(random() * pieces.length)]).join("")
		let parses = true
		try {
			JSON.parse(text)
		} catch {
			parses = false
		}
		equal(problemIn(text) === null, parses, text)
	}
})

Deno.test("members and items come as they literally stand", () => {
	deepEqual(membersOf('{"big": 12345678901234567890, "one":1.0 , "in": {"a": [1, 2]}}'), [
		{name: "big", literal: "12345678901234567890"},
		{name: "one", literal: "1.0"},
		{name: "in", literal: '{"a": [1, 2]}'}
	])
	deepEqual(membersOf("[ 1.0 , [] ,null]").map(({literal}) => literal), ["1.0", "[]", "null"])
	deepEqual(membersOf('{"__proto__": 1, "a": 2, "a": 3}').map(({name}) => name), ["__proto__", "a", "a"])
	equal(memberText('{"metadata": {"a": 1.0}}', "metadata"), '{"a": 1.0}')
	equal(memberText("{}", "metadata"), null)
})

Deno.test("laying out changes blanks alone", () => {
	const text = '{"a":[1.0,{"b":"x : , {"}],"empty":{},"none":[]}'
	const laid = laidOut(text)
	equal(withoutBlanks(laid), text)
	equal(laid, '{\n  "a": [\n    1.0,\n    {\n      "b": "x : , {"\n    }\n  ],\n  "empty": {},\n  "none": []\n}')
})

Deno.test("what is nested too deeply is said to be", () => {
	equal(problemIn("[".repeat(600) + "]".repeat(600))?.message, "this is nested too deeply")
})
