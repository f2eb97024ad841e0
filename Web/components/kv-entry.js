import {api, ApiError, at, reason} from "../lib/api.js"
import {catalog} from "../lib/catalog.js"
import {button, div, fill, h, icon, iconButton, plainButton, setText, span} from "../lib/dom.js"
import {readEntry, storeEntry} from "../lib/entry-store.js"
import {quoted, size} from "../lib/format.js"
import {keyField} from "../lib/key-field.js"
import {copyText, menuButton, toast} from "../lib/popups.js"
import {keyDialogs, View} from "../lib/view.js"
import {conflict, entryHead, heldBy, KvEntryForm, nameProblem, noSuchKey} from "./kv-entry-form.js"

const nameField = (name = "") => keyField("entry-name", name, {"aria-label": "Key", placeholder: "Key"})

/** One entry beside the list, or a new one. Emits `kv-closed`, and `kv-stored` when it was written or deleted. */
export class KvEntry extends View {
	/** @type {Place} */
	place = {store: "", id: ""}
	/** @type {string | null} */
	key = null
	creating = false
	/** The key that a new entry is a duplicate of. @type {string | null} */
	origin = null
	saving = false
	shut = false
	wantsEdit = false
	/** @type {Entry | null} */
	entry = null
	loading = new AbortController()
	name = nameField()
	head = div("entry-head")
	message = div({class: "entry-message", role: "alert", testid: "entry-message"})
	form = new KvEntryForm()
	state = span({class: "entry-state", testid: "entry-state", role: "status"})
	save = button("Save", () => this.write(), "primary @entry-save")
	deletion = button("Delete…", () => this.deleteIt(), "quiet danger @entry-delete")
	foot = div("entry-foot", this.state, this.deletion, this.save)

	/** @override */
	connected() {
		Object.assign(this, {role: "region", ariaLabel: "Entry", hidden: true})
		this.dataset.testid = "entry-panel"
		fill(this, this.head, this.message, this.form, this.foot)
		for (const type of ["input", "change"]) this.on(this, type, () => this.judge())
		this.on(this, "keydown", (event) => this.pressed(event))
		// Before the page is left with changes, the browser asks.
		this.on(window, "beforeunload", (event) => this.dirty && event.preventDefault())
		this.on(this.signal, "abort", () => this.loading.abort())
	}

	/** @param {KeyboardEvent} event */
	pressed(event) {
		if ((event.metaKey || event.ctrlKey) && event.key === "s") {
			if (!this.save.disabled) this.write()
		} else if (event.key === "Escape" && !document.querySelector(":popover-open")) this.close()
		else return
		event.preventDefault()
	}

	get dirty() {
		if (this.hidden || (this.entry === null && !this.creating)) return false
		return this.form.dirty || (this.creating && this.name.dirty)
	}

	/** Whether the panel may be left; asks when something is unsaved. @returns {true | Promise<boolean>} */
	mayLeave() {
		return !this.dirty || this.discards()
	}

	async discards() {
		const question = {title: "Discard the changes?", text: ["They have not been saved."], action: "Discard"}
		const yes = await ask({...question, dismiss: "Keep editing", testid: "discard"})
		if (yes) this.hide()
		return yes
	}

	protect(shut = false) {
		if (this.shut === shut) return
		this.shut = shut
		if (this.entry && !this.dirty) this.hold(this.entry)
	}

	/** @param {Place} place @param {string} key @param {API.KeyInfo} [item] what the list knows */
	show(place, key, item) {
		if (this.key === key && !this.hidden) return
		this.hide()
		Object.assign(this, {place, key, hidden: false})
		this.fetch(item)
	}

	refresh() {
		if (!this.hidden && this.key !== null && !this.dirty) this.fetch()
	}

	hide() {
		this.loading.abort()
		Object.assign(this, {key: null, entry: null, creating: false, origin: null, hidden: true})
	}

	async close() {
		if (!(await this.mayLeave())) return
		this.hide()
		this.dispatchEvent(new Event("kv-closed"))
	}

	/** @param {API.KeyInfo} [item] */
	fetch(item) {
		const {place} = this, key = /** @type {string} */ (this.key), again = () => this.fetch()
		this.loading.abort()
		const {signal} = this.loading = new AbortController()
		this.entry = null
		this.form.hidden = this.foot.hidden = true
		this.showHead()
		fill(this.message, h("p", "muted", "Loading…"))
		return this.load(this.message, async () => {
			const entry = await readEntry(place, key, item, signal)
			if (signal.aborted) return
			if (entry) this.hold(entry)
			else fill(this.message, noSuchKey(() => this.create(place, key), this.shut))
		}, again)
	}

	/** @param {Entry} entry */
	hold(entry) {
		this.entry = entry
		this.fillForm(heldBy(entry), at.value(this.place, entry.name))
		if (this.wantsEdit) this.form.value.area.focus()
		this.wantsEdit = false
	}

	/** @param {Held} held @param {string | null} downloadPath @param {Entry | null} [entry] */
	fillForm(held, downloadPath, entry = this.entry) {
		const {shut, creating} = this, {limits, capabilities} = catalog.shelf(this.place.store) ?? this.form
		fill(this.message)
		this.form.hidden = this.foot.hidden = false
		this.form.hold(entry, held, {limits, capabilities, shut, downloadPath})
		this.deletion.hidden = creating
		this.deletion.disabled = shut
		setText(this.save, creating ? "Create" : "Save")
		this.showHead()
		this.judge()
	}

	/** @param {Place} place @param {string} name what the name begins with @param {Entry | null} [from] what it duplicates */
	create(place, name, from = null) {
		this.hide()
		Object.assign(this, {place, creating: true, origin: from?.name ?? null, hidden: false})
		this.name = nameField(name)
		this.fillForm(from ? heldBy(from) : {text: ""}, from && at.value(place, from.name), from)
		const {field} = this.name
		field.focus()
		field.setSelectionRange(field.value.length, field.value.length)
	}

	showHead() {
		const close = iconButton("close", "Close", () => this.close())
		const words = this.origin === null ? "New key" : "Duplicate under another name"
		if (this.creating) fill(this.head, div("entry-title", h("h2", {}, words), close), this.name.field)
		else fill(this.head, entryHead(this.key ?? "", this.entry, this.entry && this.menu(), close))
	}

	menu() {
		const {key, shut: disabled} = this, named = () => keyDialogs((d) => d.renameKey(this.place, key ?? ""))
		return menuButton("More for this key", [
			plainButton("Copy the name", () => copyText(key ?? "", "Name")),
			plainButton("Rename…", named, {disabled, testid: "entry-rename"}),
			plainButton("Duplicate…", () => this.duplicate(), {disabled, testid: "entry-duplicate"})
		])
	}

	/** A new entry that begins as this one is stored, under a name that is still to be chosen. */
	async duplicate() {
		const {place, entry} = this
		if (entry && await this.mayLeave()) this.create(place, entry.name, entry)
	}

	judge() {
		if (this.hidden || (this.entry === null && !this.creating)) return
		this.form.judge()
		const {dirty, saving, shut, creating} = this
		const isSame = this.name.key === this.origin && "Choose another name."
		const wrongName = creating ? isSame || nameProblem(this.name.key, this.form.limits.keyBytes) : null
		const wrong = shut ? "Protected" : wrongName ?? this.form.wrong
		const shown = wrong !== null && (dirty || shut)
		this.save.disabled = saving || wrong !== null || !(dirty || creating)
		setText(this.state, saving ? "Saving…" : shown ? wrong : dirty ? "Not saved" : creating ? "" : "No changes")
		this.state.classList.toggle("bad", shown && !shut && !saving)
	}

	/** With `force` over whatever stands there now. */
	async write(force = false) {
		const name = this.creating ? this.name.key : this.key ?? ""
		const {form, entry} = this, creating = this.creating && !force, etag = force ? null : entry?.etag
		const {newValue: value, metadata: {text: metadataText}} = form,
			annotation = form.annotation(this.origin !== null)
		const draft = {value, metadataText, annotation, lifetime: form.expiration.lifetime, origin: this.origin ?? name}
		/** @type {Sent} */
		const sent = (bytes, total) => setText(this.state, `Uploading ${size(bytes)} of ${size(total)}`)
		this.saving = true
		this.judge()
		try {
			await storeEntry(this.place, name, draft, {etag, creating, sent})
			toast("Saved")
			this.done(name)
		} catch (error) {
			this.refused(error, name)
		}
		this.saving = false
		this.judge()
	}

	/** @param {string | null} name */
	done(name) {
		this.hide()
		this.dispatchEvent(new CustomEvent("kv-stored", {detail: {name}}))
	}

	/** @param {unknown} error */
	refused(error, name = "") {
		const met = error instanceof ApiError && error.status === 412
		if (!met) return fill(this.message, h("p", "problem", icon("alert"), reason(error)))
		fill(this.message, conflict(this.creating, () => this.done(name), () => this.write(true)))
	}

	async deleteIt() {
		const {key} = this
		if (key === null) return
		const text = ["This deletes ", quoted(key), " and its value."]
		if (!(await ask({title: "Delete this key?", text, action: "Delete", testid: "delete-entry"}))) return
		try {
			await api.deleteEntry(this.place, key)
			toast("Key deleted")
			this.done(null)
		} catch (error) {
			this.refused(error, key)
		}
	}
}

/** @param {Parameters<typeof import("../lib/modal.js").ask>} question */
const ask = async (...question) => (await import("../lib/modal.js")).ask(...question)

customElements.define("kv-entry", KvEntry)
