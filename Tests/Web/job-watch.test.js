import "./browser.js"
import {deepEqual, equal} from "node:assert/strict"
import {JobWatch} from "../../Web/lib/job-watch.js"
import {served} from "./served.js"

const SOON = {reopen: [5, 5, 5, 5, 5], again: 20, poll: 2}
const job = (sequence, state = "running") => ({id: "j", kind: "copy", state, progress: {sequence}})

/** A server of one job: `sockets` is told of each WebSocket, `polled` answers what is asked by long polling. */
const jobServer = ({sockets, polled = () => job(1)}) =>
	served((request) => {
		if (request.headers.get("upgrade") !== "websocket") return Response.json(polled())
		if (!sockets) return new Response(null, {status: 403})
		const {socket, response} = Deno.upgradeWebSocket(request)
		socket.onopen = () => sockets(socket)
		return response
	})

const say = (socket, one) => socket.send(JSON.stringify({type: "progress", job: one}))

/** Watches from `first` until the watch says it has ended; the kinds of connection and the sequences that were seen. */
async function watched(first) {
	const watch = new JobWatch(first, SOON), seen = {connections: [], sequences: [], ends: 0}
	watch.addEventListener("change", () => {
		const {connection, job} = watch
		if (seen.connections.at(-1) !== connection) seen.connections.push(connection)
		if (seen.sequences.at(-1) !== job.progress.sequence) seen.sequences.push(job.progress.sequence)
	})
	const ended = new Promise((resolve) =>
		watch.addEventListener("ended", () => {
			seen.ends += 1
			resolve()
		})
	)
	watch.start()
	await ended
	return {...seen, watch}
}

Deno.test("one WebSocket tells of a job until it ends", async () => {
	await using server = jobServer({
		sockets(socket) {
			for (const sequence of [1, 2, 3]) say(socket, job(sequence))
			say(socket, job(4, "completed"))
		}
	})
	const {connections, sequences, watch} = await watched(job(0))
	deepEqual([connections, sequences], [["websocket", "closed"], [0, 1, 2, 3, 4]])
	equal(watch.via, "websocket")
	equal(server.asked.length, 1)
})

Deno.test("a dropped socket is opened again, and what is older than what is known is passed over", async () => {
	let opened = 0
	await using _ = jobServer({
		sockets(socket) {
			opened += 1
			say(socket, job(opened === 1 ? 5 : 3))
			if (opened === 1) return socket.close()
			say(socket, job(6, "completed"))
		}
	})
	const {connections, sequences} = await watched(job(0))
	equal(opened, 2)
	deepEqual(sequences, [0, 5, 6])
	deepEqual(connections, ["websocket", "reconnecting", "websocket", "closed"])
})

Deno.test("without WebSockets it polls, and says so", async () => {
	let asked = 0
	await using _ = jobServer({polled: () => job(asked += 1, asked < 20 ? "running" : "completed")})
	const {connections, watch} = await watched(job(0))
	deepEqual(connections, ["reconnecting", "polling", "closed"])
	equal(watch.job.state, "completed")
	equal(watch.via, "polling")
})

Deno.test("while it polls the socket is tried again, and taken when it is there", async () => {
	let refused = 0
	await using _ = served((request) => {
		if (request.headers.get("upgrade") !== "websocket") return Response.json(job(1))
		refused += 1
		if (refused <= 6) return new Response(null, {status: 403})
		const {socket, response} = Deno.upgradeWebSocket(request)
		socket.onopen = () => say(socket, job(9, "completed"))
		return response
	})
	const {connections} = await watched(job(0))
	deepEqual(connections.slice(-2), ["polling", "closed"])
	equal(refused, 7)
})

Deno.test("a job that has ended is not asked for at all", async () => {
	await using server = jobServer({})
	const {ends} = await watched(job(3, "failed"))
	deepEqual([ends, server.asked], [1, []])
})

Deno.test("a job that is gone is lost, and is not asked for again", async () => {
	await using _ = served(() => Response.json({code: "job_not_found", detail: "There is no such job."}, {status: 404}))
	const watch = new JobWatch(job(0), SOON)
	const lost = new Promise((resolve) =>
		watch.addEventListener("change", () => watch.connection === "lost" && resolve(watch.error))
	)
	watch.start()
	equal(await lost, "There is no such job.")
	equal(watch.socket, null)
})
