import {api, ApiError, at, isAbort} from "./api.js"
import {complain, Source} from "./view.js"

const REOPEN_AFTER = [500, 1000, 2000, 4000, 8000]
const SOCKET_AGAIN_AFTER = 30_000
const POLLS_FAILED_AT_MOST = 10

/** @param {Job} job */
export const isEnded = (job) => !["queued", "running", "paused"].includes(job.state)

/**
 * Watches one job until it ends, by one WebSocket at a time. After the fifth failure long polling takes over, and the socket
 * is tried each 30 s. Each failure to reopen also asks how the job stands, so that its end is not missed. Emits `change`,
 * and `ended` once; then it is silent for good.
 */
export class JobWatch extends Source {
	/** @type {Connection} */
	connection = "idle"
	/** The kind of connection that the last news came by. @type {Connection} */
	via = "idle"
	/** @type {string | null} why nothing more will come */
	error = null
	/** @type {WebSocket | null} */
	socket = null
	failures = 0
	timer = 0
	/** @type {AbortController | null} */
	asking = null

	/** @param {Job} job */
	constructor(job) {
		super()
		this.id = job.id
		this.job = job
	}

	start() {
		if (this.connection !== "idle") return
		if (isEnded(this.job)) return this.finish(this.job)
		this.connection = "connecting"
		this.open()
	}

	stop() {
		clearTimeout(this.timer)
		this.asking?.abort()
		this.asking = null
		const socket = this.socket
		this.socket = null
		socket?.close()
		this.connection = "closed"
	}

	again() {
		if (this.connection !== "lost") return
		this.failures = 0
		this.error = null
		this.show("reconnecting")
		this.open()
	}

	open() {
		if (this.socket) return
		const address = new URL(`${at.job(this.id)}/progress`, location.href)
		address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
		let socket
		try {
			socket = new WebSocket(address)
		} catch {
			return this.dropped()
		}
		this.socket = socket
		// Whatever an old socket still has to say is no longer heard.
		const mine = () => socket === this.socket
		socket.onopen = () => mine() && this.connection !== "polling" && this.show("websocket")
		socket.onmessage = (event) => mine() && this.heard(event.data)
		socket.onclose = () => {
			if (!mine()) return
			this.socket = null
			this.dropped()
		}
	}

	/** @param {unknown} data */
	heard(data) {
		let message
		try {
			message = JSON.parse(String(data))
		} catch {
			return
		}
		if (!message.job) return message.detail && complain(message.detail)
		this.failures = 0
		if (this.connection !== "websocket") {
			this.asking?.abort()
			clearTimeout(this.timer)
			this.connection = "websocket"
		}
		this.take(message.job)
	}

	/** Pauses, resumes or cancels, by the socket where there is one. */
	async tell(verb = "") {
		const {socket} = this
		if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({type: verb}))
		else this.take(await api.tellJob(this.id, verb))
	}

	dropped() {
		if (this.connection === "polling") return this.openAfter(SOCKET_AGAIN_AFTER)
		const wait = REOPEN_AFTER[this.failures]
		if (wait === undefined) {
			this.show("polling")
			this.openAfter(SOCKET_AGAIN_AFTER)
			this.poll()
			return
		}
		if (this.failures > 0) this.look()
		this.failures += 1
		this.show("reconnecting")
		this.openAfter(wait * (0.8 + 0.4 * Math.random()))
	}

	openAfter(milliseconds = 0) {
		this.timer = setTimeout(() => this.open(), milliseconds)
	}

	/** A question takes the place of the one before. */
	ask() {
		this.asking?.abort()
		return this.asking = new AbortController()
	}

	/** How the job stands, once. */
	async look() {
		const asking = this.ask()
		try {
			const job = await api.job(this.id, {}, asking.signal)
			if (asking === this.asking) this.take(job)
		} catch (error) {
			if (asking === this.asking) this.refused(error)
		}
	}

	async poll() {
		const asking = this.ask()
		let failed = 0
		while (asking === this.asking && this.connection === "polling") {
			try {
				const news = {after: this.job.progress.sequence, wait: 20}
				const job = await api.job(this.id, news, asking.signal)
				if (asking !== this.asking) return
				failed = 0
				this.take(job)
			} catch (error) {
				if (asking !== this.asking || this.refused(error)) return
				failed += 1
				if (failed >= POLLS_FAILED_AT_MOST) return this.lose("The server has not answered for some minutes.")
				await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 1000 * 2 ** failed)))
			}
		}
	}

	/** Whether an error means that asking again is pointless. @param {unknown} error */
	refused(error) {
		if (isAbort(error)) return true
		if (!(error instanceof ApiError) || ![401, 403, 404, 410].includes(error.status)) return false
		this.lose(error.message)
		return true
	}

	lose(why = "") {
		this.stop()
		this.error = why
		this.show("lost")
	}

	/** @param {Job} job */
	take(job) {
		if (this.connection === "closed" || isEnded(this.job)) return
		if (isEnded(job)) return this.finish(job)
		if (job.progress.sequence < this.job.progress.sequence) return
		this.job = job
		this.changed()
	}

	/** @param {Job} job */
	finish(job) {
		this.via = this.connection
		this.stop()
		this.job = job
		this.changed()
		this.dispatchEvent(new Event("ended"))
	}

	/** @param {Connection} connection */
	show(connection) {
		this.connection = connection
		this.changed()
	}
}

/** @type {Map<string, { watch: JobWatch, holders: number }>} */
const shared = new Map()

/** The watch of a job, one for all who look in this tab; it starts with the first and stops with the last. @param {Job} job */
export function watching(job) {
	const {id} = job, held = shared.get(id) ?? {watch: new JobWatch(job), holders: 0}
	shared.set(id, held)
	held.holders += 1
	let holding = true
	queueMicrotask(() => held.holders > 0 && held.watch.start())
	const release = () => {
		if (!holding) return
		holding = false
		held.holders -= 1
		if (held.holders > 0) return
		held.watch.stop()
		shared.delete(id)
	}
	return {watch: held.watch, release}
}
