import {api, at, base} from "./api.js"
import {JobPolling} from "./job-polling.js"
import {complain, Source} from "./view.js"

/** In milliseconds: after the first failures, and between later ones while polling. */
const WAITS = {reopen: [500, 1000, 2000, 4000, 8000], again: 30_000, poll: 1000}

/** @param {API.Job} job */
export const isEnded = (job) => !["queued", "running", "paused"].includes(job.state)

/**
 * Watches one job until it ends, by one WebSocket at a time. After the fifth failure long polling takes over, and the socket
 * is tried each 30 s. Each failure to reopen also asks how the job stands. Emits `change`, and `ended` once, as the last.
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

	/** @param {API.Job} job */
	constructor(job, waits = WAITS) {
		super()
		this.id = job.id
		this.job = job
		this.waits = waits
		this.polling = new JobPolling(job.id, (news) => this.take(news), (why) => this.lose(why))
	}

	start() {
		if (this.connection !== "idle") return
		if (isEnded(this.job)) return this.finish(this.job)
		this.connection = "connecting"
		this.open()
	}

	stop() {
		clearTimeout(this.timer)
		this.polling.stop()
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
		const address = new URL(`${base}${at.job(this.id)}/progress`, location.href)
		address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
		const socket = this.socket = new WebSocket(address)
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
			this.polling.stop()
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
		if (this.connection === "polling") return this.openAfter(this.waits.again)
		const wait = this.waits.reopen[this.failures]
		if (wait === undefined) {
			this.show("polling")
			this.openAfter(this.waits.again)
			return void this.polling.poll(() => this.job.progress.sequence, this.waits.poll)
		}
		if (this.failures > 0) this.polling.look()
		this.failures += 1
		this.show("reconnecting")
		this.openAfter(wait * (0.8 + 0.4 * Math.random()))
	}

	openAfter(milliseconds = 0) {
		this.timer = setTimeout(() => this.open(), milliseconds)
	}

	lose(why = "") {
		this.stop()
		this.error = why
		this.show("lost")
	}

	/** @param {API.Job} job */
	take(job) {
		if (this.connection === "closed" || isEnded(this.job)) return
		if (isEnded(job)) return this.finish(job)
		if (job.progress.sequence < this.job.progress.sequence) return
		this.job = job
		this.changed()
	}

	/** @param {API.Job} job */
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
