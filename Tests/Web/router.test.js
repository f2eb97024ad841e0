import "./browser.js"
import {deepEqual, equal} from "node:assert/strict"
import {base} from "../../Web/lib/api.js"
import {here, keysAt, routeOf} from "../../Web/lib/router.js"

const route = (path) => routeOf(new URL(base + path, "http://127.0.0.1/"))

Deno.test("each address means one view", () => {
	const views = {
		"/": "namespaces",
		"/jobs": "jobs",
		"/jobs/abc": "job",
		"/audit": "audit",
		"/monitor": "monitor",
		"/s/local/n/1": "keys",
		"/s/local/n/1/k/a": "keys",
		"/s/local/n/1/k/": "nowhere",
		"/s/local": "nowhere",
		"/jobs/a/b": "nowhere",
		"/s/local/n/1/k/%": "nowhere",
		"/x": "nowhere"
	}
	for (const [path, view] of Object.entries(views)) equal(route(path).view, view, path)
})

Deno.test("whatever a key or a prefix is called, its address leads back to it", () => {
	const names = ["a/b c%?#é", "..a", "__proto__", "\u202e", "line\nbreak", "🎉", "a+b", "%2F", "k".repeat(512), " "]
	for (const name of names) {
		const found = route(keysAt({store: "my store", id: "1", key: name, prefix: name, by: ":"}))
		deepEqual([found.store, found.id, found.key, found.prefix, found.by], ["my store", "1", name, name, ":"])
	}
})

Deno.test("a route without a key has none, and no prefix is the empty one", () => {
	const {key, prefix, by} = route("/s/local/n/1")
	deepEqual([key, prefix, by], [null, "", null])
	equal(keysAt({store: "s", id: "1"}), "/s/s/n/1")
})

Deno.test("what lies below the base path has an address behind it", () => {
	equal(here(new URL(`${base}/s/a%2Fb?c`, "http://127.0.0.1/")), "/s/a%2Fb")
})
