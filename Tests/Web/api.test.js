import {deepEqual, equal, rejects} from "node:assert/strict"
import {api, ApiError, at, isAbort, problem, query, send} from "../../Web/lib/api.js"
import {served} from "./served.js"

Deno.test("a query leaves out what has no value, and zero and false are values", () => {
	equal(query({a: null, b: undefined, c: "", d: 0, e: false, f: "ü &"}), "?d=0&e=false&f=%C3%BC+%26")
	equal(query({}), "")
})

Deno.test("names are encoded wherever they stand in a path", () => {
	equal(at.entry({store: "a b", id: "1"}, "x/y?#"), "/api/stores/a%20b/namespaces/1/entries?key=x%2Fy%3F%23")
})

Deno.test("a problem is told in the server's words, and without any in our own", () => {
	const told = problem(409, JSON.stringify({code: "title_taken", title: "Conflict", detail: "There is one already."}))
	deepEqual([told.status, told.code, told.message], [409, "title_taken", "There is one already."])
	equal(problem(502, "<html>").message, "The server answered 502.")
})

Deno.test("JSON goes out as JSON, and the answer comes back", async () => {
	await using server = served(async (request) => {
		const {method, headers} = request, body = await request.json()
		return Response.json({method, type: headers.get("Content-Type"), key: headers.get("Idempotency-Key"), body})
	})
	equal(server.asked.length, 0)
	deepEqual(await api.startJob({kind: "delete"}, "once"), {
		method: "POST",
		type: "application/json",
		key: "once",
		body: {kind: "delete"}
	})
})

Deno.test("an answer that is no success is an error with its code", async () => {
	await using _ = served(() => Response.json({code: "key_not_found", detail: "There is no such key."}, {status: 404}))
	await rejects(send("GET", "/api/x"), (error) => error instanceof ApiError && error.code === "key_not_found")
})

Deno.test("a server that is not there is said to be out of reach", async () => {
	await rejects(send("GET", "/api/x"), (error) => error instanceof ApiError && error.code === "unreachable")
})

Deno.test("what is given up is no error of the server", async () => {
	await using _ = served(() => Response.json({}))
	const leaving = new AbortController()
	leaving.abort()
	await rejects(send("GET", "/api/x", {signal: leaving.signal}), isAbort)
})
