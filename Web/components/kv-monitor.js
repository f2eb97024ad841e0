import {api, isAbort, reason} from "../lib/api.js"
import {storeLabel} from "../lib/catalog.js"
import {
	blank,
	div,
	failure,
	fill,
	h,
	loading,
	setText,
	setTitle,
	span,
	table,
	viewHead,
	viewHeading
} from "../lib/dom.js"
import {count, instant, size, timeOfDay, visible} from "../lib/format.js"
import {View, whileBusy} from "../lib/view.js"

const EVERY = 10_000
const WIDTH = 240, HEIGHT = 48
const SVG = "http://www.w3.org/2000/svg"
const HEADS = [["Store"], ["Requests", "num"], ["429", "num"], ["Waiting", "num"]]

/** What the server has to do, as it is now and was in the last half hour. It asks only while somebody looks. */
export class KvMonitor extends View {
	/** @type {Chart[]} */
	charts = []
	figures = div("facts monitor-facts @monitor-facts")
	grid = div("charts")
	stores = div({})
	log = h("ol", "log @log")
	body = div("scroll job-page")
	timer = 0

	/** @override */
	connected() {
		this.className = "view"
		setTitle("Monitor")
		fill(this, viewHead(viewHeading("Monitor"), span("muted", "The last half hour")), this.body)
		fill(this.body, loading())
		this.on(document, "visibilitychange", () => this.ask())
		this.on(this.signal, "abort", () => clearTimeout(this.timer))
		whileBusy(() => this.ask())
	}

	async ask() {
		clearTimeout(this.timer)
		if (document.hidden) return
		try {
			this.render(await api.monitor(this.signal))
		} catch (error) {
			if (isAbort(error)) return
			fill(this.body, failure(reason(error), () => this.ask()))
			this.charts = []
		}
		if (!this.signal.aborted) this.timer = setTimeout(() => this.ask(), EVERY)
	}

	/** @param {API.Monitor} news */
	render({secondsEach, now, log, requests, throttled, errors, p99Milliseconds, keys}) {
		const rates = (/** @type {number[]} */ counts) => counts.map((one) => one / secondsEach)
		const found = {requests: rates(requests), p99: p99Milliseconds, keys: rates(keys), throttled, errors}
		if (this.charts.length === 0) this.build()
		for (const chart of this.charts) chart.show(found[chart.name])
		const p99 = now.p99Milliseconds === null ? "–" : `${count(now.p99Milliseconds)} ms`
		fill(
			this.figures,
			figure(count(now.webSockets), "WebSockets open"),
			figure(count(now.webSocketsRefused), "WebSockets refused"),
			figure(count(now.inFlight), "requests in flight"),
			figure(p99, "p99 of a minute"),
			figure(size(now.memoryBytes), "of memory")
		)
		const rows = now.stores.map((one) =>
			h(
				"tr",
				{},
				h("td", "main", storeLabel(one.name)),
				...[one.requests, one.throttled, one.waiting].map((number) => h("td", "num", count(number)))
			)
		)
		const part = rows.length > 0 &&
			h("section", "job-part", h("h2", {}, "Stores"), table(HEADS, h("tbody", {}, rows)))
		fill(this.stores, part)
		fill(this.log, log.length ? log.toReversed().map(logLine) : blank("", ["Nothing has been logged."]))
	}

	build() {
		this.charts = [
			new Chart("requests", "Requests", "/s"),
			new Chart("p99", "Latency, p99", " ms"),
			new Chart("keys", "Keys by jobs", "/s"),
			new Chart("throttled", "Answered 429", ""),
			new Chart("errors", "Errors of the server", "")
		]
		fill(this.grid, this.charts.map((one) => one.element))
		const log = h("section", "job-part", h("h2", {}, "Log"), this.log)
		fill(this.body, this.figures, this.grid, this.stores, log)
	}
}

/** @param {string} number @param {string} words */
const figure = (number, words) => div({}, h("b", {}, number), span({}, words))

/** One figure over time, drawn as an area. */
class Chart {
	latest = h("b")
	path = document.createElementNS(SVG, "path")
	svg = document.createElementNS(SVG, "svg")

	/** @param {"requests" | "p99" | "keys" | "throttled" | "errors"} name */
	constructor(name, title = "", unit = "") {
		this.name = name
		this.title = title
		this.unit = unit
		this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`)
		this.svg.setAttribute("preserveAspectRatio", "none")
		this.svg.setAttribute("role", "img")
		this.svg.append(this.path)
		this.element = div(`chart @chart-${name}`, div("chart-head", h("h2", {}, title), this.latest), this.svg)
		this.element.dataset.name = name
	}

	/** @param {(number | null)[]} values the oldest first; null where there was nothing to measure */
	show(values) {
		const most = Math.max(...values.map((one) => one ?? 0)), top = most || 1, step = WIDTH / (values.length - 1)
		const points = values.map((one, index) =>
			`${(index * step).toFixed(1)} ${(HEIGHT - (one ?? 0) / top * (HEIGHT - 2)).toFixed(1)}`
		)
		this.path.setAttribute("d", `M0 ${HEIGHT}L${points.join("L")}L${WIDTH} ${HEIGHT}Z`)
		const said = (/** @type {number | null} */ one) => one === null ? "–" : shortly(one) + this.unit
		const last = values.at(-1) ?? null
		setText(this.latest, said(last))
		this.svg.setAttribute("aria-label", `${this.title}: ${said(last)} now, ${said(most)} at most`)
	}
}

/** Small numbers with a digit behind the point. */
const shortly = (
	number = 0
) => (number > 0 && number < 10 ? number.toFixed(1).replace(".0", "") : count(Math.round(number)))

/** @param {API.LogLine} line */
function logLine({at, level, message, fields}) {
	const mood = {warning: "warn", error: "bad", critical: "bad"}[level] ?? ""
	return h(
		"li",
		{"data-mood": mood},
		h("time", {datetime: at}, timeOfDay(instant(at) ?? 0)),
		span("log-level", level),
		h("span", {}, visible(message), " ", span("dim", visible(fields.join("  "))))
	)
}

customElements.define("kv-monitor", KvMonitor)
