import {api, ApiError, isAbort} from "./api.js"

const FAILED_AT_MOST = 10

/** Asks how one job stands, once or again and again; one question at a time. */
export class JobPolling {
	/** @type {AbortController | null} */
	asking = null

	/** @param {string} id @param {(job: API.Job) => void} told @param {(why: string) => void} lost told when asking again is pointless */
	constructor(id, told, lost) {
		this.id = id
		this.told = told
		this.lost = lost
	}

	stop() {
		this.asking?.abort()
		this.asking = null
	}

	/** A question takes the place of the one before. */
	begin() {
		this.stop()
		return this.asking = new AbortController()
	}

	async look() {
		const asking = this.begin()
		try {
			const job = await api.job(this.id, {}, asking.signal)
			if (asking === this.asking) this.told(job)
		} catch (error) {
			if (asking === this.asking) this.refused(error)
		}
	}

	/** Waits at the server for news, until it is stopped. @param {() => number} sequence of what is known @param {number} pause milliseconds after a failure, twice as many after the next */
	async poll(sequence, pause) {
		const asking = this.begin()
		let failed = 0
		while (asking === this.asking) {
			try {
				const job = await api.job(this.id, {after: sequence(), wait: 20}, asking.signal)
				if (asking !== this.asking) return
				failed = 0
				this.told(job)
			} catch (error) {
				if (asking !== this.asking || this.refused(error)) return
				failed += 1
				if (failed >= FAILED_AT_MOST) return this.lost("The server has not answered for some minutes.")
				await new Promise((resolve) => setTimeout(resolve, Math.min(30 * pause, pause * 2 ** failed)))
			}
		}
	}

	/** Whether an error means that asking again is pointless. @param {unknown} error */
	refused(error) {
		if (isAbort(error)) return true
		if (!(error instanceof ApiError) || ![401, 403, 404, 410].includes(error.status)) return false
		this.lost(error.message)
		return true
	}
}
