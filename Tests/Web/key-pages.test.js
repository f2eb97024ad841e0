import "./browser.js"
import {deepEqual, equal} from "node:assert/strict"
import {KeyPages, Selection} from "../../Web/lib/key-pages.js"

const named = (...names) => names.map((name) => ({name}))

/** Pages by the cursor that leads to them; what was asked for stands in `asked`. */
function paged(pages) {
	const asked = []
	const fetch = (cursor, first) => {
		asked.push([cursor, first])
		const page = pages[cursor ?? ""]
		return page instanceof Error ? Promise.reject(page) : Promise.resolve({cursor: null, ...page})
	}
	return {pages: new KeyPages(fetch), asked}
}

Deno.test("pages follow each other by their cursors, and an empty one is not the end", async () => {
	const {pages, asked} = paged({
		"": {keys: named("a", "b"), cursor: "1", keyCount: 3},
		1: {keys: [], cursor: "2"},
		2: {keys: named("c")}
	})
	await pages.more()
	deepEqual([pages.names(), pages.total, pages.complete], [["a", "b"], 3, false])
	await pages.more()
	deepEqual([pages.names(), pages.total, pages.complete], [["a", "b", "c"], 3, true])
	await pages.more()
	deepEqual(asked, [[null, true], ["1", false], ["2", false]])
})

Deno.test("a page that fails is asked for again, and nothing is lost or twice there", async () => {
	const answers = {"": {keys: named("a"), cursor: "1"}, 1: new Error("broken off")}
	const {pages} = paged(answers)
	await pages.more()
	await pages.more()
	equal(pages.error?.message, "broken off")
	answers[1] = {keys: named("b")}
	await pages.more()
	deepEqual([pages.names(), pages.error, pages.complete], [["a", "b"], null, true])
})

Deno.test("a row far down is reached, or the end", async () => {
	const answers = Object.fromEntries(
		Array.from(
			{length: 5},
			(_, page) => [page || "", {keys: named(`k${page}`), cursor: page < 4 ? page + 1 : null}]
		)
	)
	const {pages} = paged(answers)
	await pages.reach(2)
	equal(pages.length, 3)
	await pages.reach(99)
	deepEqual([pages.length, pages.complete], [5, true])
})

Deno.test("a selection names its keys, or all that match", () => {
	const selection = new Selection()
	selection.set(["a", "b", "c"], true)
	selection.set(["b"], false)
	deepEqual(selection.asked("p"), {keys: ["a", "c"]})
	selection.only([], true)
	equal(selection.has("anything"), true)
	deepEqual([selection.asked("p"), selection.asked("")], [{prefix: "p"}, {all: true}])
	selection.only()
	equal(selection.empty, true)
})
