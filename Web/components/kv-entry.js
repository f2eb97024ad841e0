/** @import { Entry, Held, KeyItem } from "../lib/types.js" */
import { api, ApiError, at, isAbort, reason } from "../lib/api.js";
import { fromBase64 } from "../lib/bytes.js";
import { catalog } from "../lib/catalog.js";
import { button, div, failure, fill, h, icon, iconButton, setText, toast, VERBATIM } from "../lib/dom.js";
import { EDITED_AT_MOST, readEntry, storeEntry } from "../lib/entry-store.js";
import { size } from "../lib/format.js";
import { ask } from "../lib/modal.js";
import { quoted } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { View } from "../lib/view.js";
import { conflict, entryHead, nameProblem } from "./entry-head.js";
import { KvEntryForm } from "./kv-entry-form.js";

const MISSING = "There is no such key. It may have expired or been deleted.";

/** One entry beside the list, or a new one. Emits `kv-closed`, and `kv-stored` when it was written or deleted. */
export class KvEntry extends View {
	store = "";
	namespace = "";
	/** @type {string | null} */
	key = null;
	creating = false;
	saving = false;
	shut = false;
	wantsEdit = false;
	/** @type {Entry | null} */
	entry = null;
	loading = new AbortController();
	name = h("input", { type: "text", "aria-label": "Key", placeholder: "Key", testid: "entry-name", ...VERBATIM });
	head = div("entry-head");
	message = h("div", { class: "entry-message", role: "alert", testid: "entry-message" });
	form = new KvEntryForm();
	state = h("span", { class: "entry-state", testid: "entry-state", role: "status" });
	save = button("Save", () => this.write(), { kind: "primary", testid: "entry-save" });
	deletion = button("Delete…", () => this.deleteIt(), { kind: "quiet danger", testid: "entry-delete" });
	foot = div("entry-foot", this.state, this.deletion, this.save);

	/** @override */
	connected() {
		Object.assign(this, { role: "region", ariaLabel: "Entry", hidden: true });
		this.dataset.testid = "entry-panel";
		fill(this, this.head, this.message, this.form, this.foot);
		for (const type of ["input", "change"]) this.addEventListener(type, () => this.judge());
		this.addEventListener("keydown", (event) => this.pressed(event));
		// Before the page is left with changes, the browser asks.
		addEventListener("beforeunload", (event) => this.dirty && event.preventDefault(), { signal: this.signal });
		this.signal.addEventListener("abort", () => this.loading.abort());
	}

	/** @param {KeyboardEvent} event */
	pressed(event) {
		if ((event.metaKey || event.ctrlKey) && event.key === "s") {
			if (!this.save.disabled) this.write();
		} else if (event.key === "Escape") this.close();
		else return;
		event.preventDefault();
	}

	get isOpen() {
		return !this.hidden;
	}

	get dirty() {
		if (this.hidden || (this.entry === null && !this.creating)) return false;
		return this.form.dirty || (this.creating && this.name.value !== this.name.defaultValue);
	}

	/** Whether the panel may be left; asks when something is unsaved. @returns {true | Promise<boolean>} */
	mayLeave() {
		if (!this.dirty) return true;
		const text = this.creating
			? ["The new key has not been saved."]
			: ["The changes to ", quoted(this.key ?? ""), " have not been saved."];
		const asked = ask({
			title: "Discard the changes?",
			text,
			action: "Discard",
			dismiss: "Keep editing",
			testid: "discard",
		});
		return asked.then((yes) => {
			if (yes) this.hide();
			return yes;
		});
	}

	/** May become known only after the entry. @param {boolean} shut */
	protect(shut) {
		if (this.shut === shut) return;
		this.shut = shut;
		if (this.entry && !this.dirty) this.hold(this.entry);
	}

	/** @param {string} store @param {string} namespace @param {string} key @param {KeyItem} [item] what the list knows */
	show(store, namespace, key, item) {
		if (this.key === key && this.isOpen) return;
		this.hide();
		Object.assign(this, { store, namespace, key, hidden: false });
		this.load(item);
	}

	refresh() {
		if (this.isOpen && this.key !== null && !this.dirty) this.load();
	}

	hide() {
		this.loading.abort();
		Object.assign(this, { key: null, entry: null, creating: false, hidden: true });
	}

	async close() {
		if (!(await this.mayLeave())) return;
		this.hide();
		this.dispatchEvent(new Event("kv-closed"));
	}

	/** @param {KeyItem} [item] */
	load(item) {
		this.loading.abort();
		const { signal } = this.loading = new AbortController();
		const { store, namespace } = this, key = /** @type {string} */ (this.key);
		this.entry = null;
		this.form.hidden = this.foot.hidden = true;
		const fail = (/** @type {string} */ words) => fill(this.message, failure(words, () => this.load()));
		this.showHead();
		fill(this.message, h("p", "muted", "Loading…"));
		return whileBusy(async () => {
			try {
				const entry = await readEntry(store, namespace, key, item, signal);
				if (entry === null) return fail(MISSING);
				if (!signal.aborted) this.hold(entry);
			} catch (error) {
				if (isAbort(error) || signal.aborted) return;
				fail(error instanceof ApiError && error.code === "key_not_found" ? MISSING : reason(error));
			}
		});
	}

	/** @param {Entry} entry */
	hold(entry) {
		const { value, valueBase64, size: bytes, name } = entry, text = { text: value ?? "" };
		this.entry = entry;
		const held = bytes > EDITED_AT_MOST
			? { large: bytes }
			: valueBase64 === undefined
			? text
			: { bytes: fromBase64(valueBase64) };
		this.fillForm(held, at.value(this.store, this.namespace, name));
		if (this.wantsEdit) this.form.value.area.focus();
		this.wantsEdit = false;
	}

	/** @param {Held} held @param {string | null} downloadPath */
	fillForm(held, downloadPath) {
		const { shut, creating } = this, limits = catalog.shelf(this.store)?.limits ?? this.form.limits;
		fill(this.message);
		this.form.hidden = this.foot.hidden = false;
		this.form.hold(this.entry, held, { limits, shut, downloadPath });
		this.deletion.hidden = creating;
		this.deletion.disabled = shut;
		setText(this.save, creating ? "Create" : "Save");
		this.showHead();
		this.judge();
	}

	/** @param {string} store @param {string} namespace @param {string} name what the name begins with */
	create(store, namespace, name) {
		this.hide();
		Object.assign(this, { store, namespace, creating: true, hidden: false });
		this.name.value = this.name.defaultValue = name;
		this.fillForm({ text: "" }, null);
		this.name.focus();
	}

	showHead() {
		const close = iconButton("close", "Close", () => this.close(), { testid: "entry-close" });
		if (this.creating) fill(this.head, div("entry-title", h("h2", {}, "New key"), close), this.name);
		else fill(this.head, entryHead(this.key ?? "", this.entry, close));
	}

	judge() {
		if (this.hidden || (this.entry === null && !this.creating)) return;
		this.form.judge();
		const { dirty, saving, shut, creating } = this;
		const wrong = shut
			? "Protected"
			: (creating ? nameProblem(this.name.value, this.form.limits.keyBytes) : null) ?? this.form.wrong;
		const shown = wrong !== null && (dirty || shut);
		this.save.disabled = saving || wrong !== null || !(dirty || creating);
		setText(this.state, saving ? "Saving…" : shown ? wrong : dirty ? "Not saved" : creating ? "" : "Saved");
		this.state.classList.toggle("bad", shown && !shut && !saving);
	}

	/** @param {boolean} [force] over whatever stands there now */
	async write(force = false) {
		const name = this.creating ? this.name.value : this.key ?? "";
		const { form, store, namespace, entry } = this, creating = this.creating && !force;
		const { metadataText } = form, expiration = form.expiration.value;
		this.saving = true;
		this.judge();
		try {
			const sent = (/** @type {number} */ bytes, /** @type {number} */ total) =>
				setText(this.state, `Uploading ${size(bytes)} of ${size(total)}`);
			const draft = { value: form.newValue, metadataText, expiration };
			await storeEntry(store, namespace, name, draft, { etag: force ? null : entry?.etag, creating, sent });
			toast("Saved");
			this.done(name);
		} catch (error) {
			this.refused(error, name);
		}
		this.saving = false;
		this.judge();
	}

	/** @param {string | null} name */
	done(name) {
		this.hide();
		this.dispatchEvent(new CustomEvent("kv-stored", { detail: { name } }));
	}

	/** @param {unknown} error @param {string} name */
	refused(error, name) {
		const met = error instanceof ApiError && error.status === 412;
		if (!met) return fill(this.message, h("p", "problem", icon("alert"), reason(error)));
		fill(this.message, conflict(this.creating, () => this.done(name), () => this.write(true)));
	}

	async deleteIt() {
		const { key, store, namespace } = this;
		if (key === null) return;
		const text = ["This deletes ", quoted(key), " and its value."];
		if (!(await ask({ title: "Delete this key?", text, action: "Delete", testid: "delete-entry" }))) return;
		try {
			await api.deleteEntry(store, namespace, key);
			toast("Key deleted");
			this.done(null);
		} catch (error) {
			this.refused(error, key);
		}
	}
}

customElements.define("kv-entry", KvEntry);
