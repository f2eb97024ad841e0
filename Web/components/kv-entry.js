/** @import { Entry, KeyItem, Namespace } from "../lib/types.js" */
import { api, ApiError, at, isAbort, reason } from "../lib/api.js";
import { byteLength, fromBase64 } from "../lib/bytes.js";
import { catalog } from "../lib/catalog.js";
import { fill, h, icon, iconButton, setText, toast } from "../lib/dom.js";
import { listed, outlined, storeEntry, valueBlob } from "../lib/entry-store.js";
import { exact, exactSize, relative, size } from "../lib/format.js";
import { ask, copyText } from "../lib/modal.js";
import { marked, quoted } from "../lib/names.js";
import { whileBusy } from "../lib/ready.js";
import { KvEntryForm } from "./kv-entry-form.js";
import { EDITED_AT_MOST } from "./kv-value.js";

/** One entry beside the list, or a new one. Emits `kv-closed`, and `kv-stored` when it was written or deleted. */
export class KvEntry extends HTMLElement {
    store = "";
    namespace = "";
    /** @type {string | null} */
    key = null;
    creating = false;
    saving = false;
    /** Whether the next entry shown is to be typed in at once. */
    wantsEdit = false;
    /** @type {Entry | null} */
    entry = null;
    name = h("input", {
        type: "text",
        "aria-label": "Key",
        placeholder: "Key",
        testid: "entry-name",
        spellcheck: "false",
        autocapitalize: "off",
        autocomplete: "off",
    });
    head = h("div", { class: "entry-head" });
    message = h("div", { class: "entry-message", role: "alert", testid: "entry-message" });
    form = new KvEntryForm();
    state = h("span", { class: "entry-state", testid: "entry-state", role: "status" });
    save = h("button", {
        type: "button",
        class: "button primary",
        testid: "entry-save",
        on: { click: () => this.write() },
    }, "Save");
    deleting = h("button", {
        type: "button",
        class: "button quiet danger",
        testid: "entry-delete",
        on: { click: () => this.deleteIt() },
    }, "Delete…");
    copy = h("button", {
        type: "button",
        class: "button quiet",
        testid: "entry-duplicate",
        on: { click: () => this.duplicate() },
    }, "Duplicate");
    foot = h("div", { class: "entry-foot" }, this.state, this.deleting, this.copy, this.save);
    leaving = new AbortController();

    connectedCallback() {
        this.setAttribute("role", "region");
        this.setAttribute("aria-label", "Entry");
        this.dataset.testid = "entry-panel";
        this.hidden = true;
        fill(this, this.head, this.message, this.form, this.foot);
        for (const type of ["input", "change", "keydown"]) this.addEventListener(type, this);
        addEventListener("beforeunload", this);
    }

    disconnectedCallback() {
        removeEventListener("beforeunload", this);
        this.leaving.abort();
    }

    /** @param {Event} event */
    handleEvent(event) {
        if (event.type === "beforeunload") {
            if (this.dirty) event.preventDefault();
        } else if (!(event instanceof KeyboardEvent)) {
            this.judge();
        } else if ((event.metaKey || event.ctrlKey) && event.key === "s") {
            event.preventDefault();
            if (!this.save.disabled) this.write();
        } else if (event.key === "Escape") {
            event.preventDefault();
            this.close();
        }
    }

    get isOpen() {
        return !this.hidden;
    }

    get dirty() {
        if (this.hidden || (this.entry === null && !this.creating)) return false;
        return this.form.dirty || (this.creating && this.name.value !== this.name.defaultValue);
    }

    get limits() {
        return catalog.shelf(this.store)?.limits ?? this.form.limits;
    }

    /** Whether the panel may be left; asks when something is unsaved. @returns {true | Promise<boolean>} */
    mayLeave() {
        if (!this.dirty) return true;
        const text = this.creating
            ? ["The new key has not been saved."]
            : ["The changes to ", quoted(this.key ?? ""), " have not been saved."];
        return ask({
            title: "Discard the changes?",
            text,
            action: "Discard",
            dismiss: "Keep editing",
            testid: "discard",
        })
            .then((yes) => {
                if (yes) this.hide();
                return yes;
            });
    }

    /** @param {string} store @param {Namespace} about @param {string} id @param {string} key @param {KeyItem} [item] what the list knows */
    show(store, about, id, key, item) {
        this.toggleAttribute("data-shut", about.protected || catalog.shelf(store)?.protected === true);
        if (this.key === key && this.isOpen) return;
        this.hide();
        Object.assign(this, { store, namespace: id, key, hidden: false });
        this.load(item);
    }

    /** Reads the entry anew, unless something is unsaved. */
    refresh() {
        if (this.isOpen && this.key !== null && !this.dirty) this.load();
    }

    hide() {
        this.leaving.abort();
        Object.assign(this, { key: null, entry: null, creating: false, hidden: true });
    }

    async close() {
        if (!(await this.mayLeave())) return;
        this.hide();
        this.dispatchEvent(new Event("kv-closed"));
    }

    /** @param {KeyItem} [item] */
    load(item) {
        this.leaving.abort();
        const { signal } = this.leaving = new AbortController();
        const { store, namespace: id } = this, key = /** @type {string} */ (this.key);
        this.entry = null;
        this.showHead();
        this.form.hidden = this.foot.hidden = true;
        fill(this.message, h("p", { class: "muted" }, "Loading…"));
        return whileBusy(async () => {
            try {
                const known = item ?? await listed(store, id, key, signal);
                const large = typeof known?.size === "number" && known.size > EDITED_AT_MOST;
                const entry = large ? outlined(known) : await api.entry(store, id, key, signal);
                if (!signal.aborted) this.hold(entry);
            } catch (error) {
                if (!isAbort(error) && !signal.aborted) this.fail(error);
            }
        });
    }

    /** @param {unknown} error */
    fail(error) {
        const missing = error instanceof ApiError && error.code === "key_not_found";
        const words = missing ? "There is no such key. It may have expired or been deleted." : reason(error);
        const again = h("button", { type: "button", class: "button", on: { click: () => this.load() } }, "Try again");
        fill(this.message, h("div", { class: "empty failed" }, icon("alert"), h("p", {}, words), again));
    }

    /** @param {Entry} entry */
    hold(entry) {
        this.entry = entry;
        const large = entry.size > EDITED_AT_MOST;
        const text = { text: entry.value ?? "" };
        const held = large
            ? { large: entry.size }
            : entry.valueBase64 === undefined
            ? text
            : { bytes: fromBase64(entry.valueBase64) };
        this.fillForm(held, at.value(this.store, this.namespace, entry.name));
        if (this.wantsEdit) this.form.value.area.focus();
        this.wantsEdit = false;
    }

    /** @param {import("./kv-value.js").Held} held @param {string | null} downloadPath */
    fillForm(held, downloadPath) {
        const shut = this.hasAttribute("data-shut");
        fill(this.message);
        this.form.hidden = this.foot.hidden = false;
        this.form.hold(this.entry, held, { limits: this.limits, shut, downloadPath });
        this.deleting.hidden = this.copy.hidden = this.creating;
        this.deleting.disabled = this.copy.disabled = shut;
        setText(this.save, this.creating ? "Create" : "Save");
        this.showHead();
        this.judge();
    }

    /** @param {string} store @param {string} id @param {string} name what the name begins with */
    create(store, id, name) {
        this.hide();
        this.removeAttribute("data-shut");
        Object.assign(this, { store, namespace: id, creating: true, hidden: false });
        this.name.value = this.name.defaultValue = name;
        this.fillForm({ text: "" }, null);
        this.name.focus();
    }

    /** A new key that starts with what this one holds. */
    async duplicate() {
        const { entry } = this, { metadata, value } = this.form;
        if (!entry || !(await this.mayLeave())) return;
        const [text, metadataText] = [value.text, metadata.value];
        this.create(this.store, this.namespace, `${entry.name}-copy`);
        if (entry.valueBase64 !== undefined) await value.take(new File([fromBase64(entry.valueBase64)], entry.name));
        else value.area.value = text;
        metadata.value = metadataText;
        value.render();
        this.judge();
        this.name.select();
    }

    showHead() {
        const { entry, key } = this;
        const close = iconButton("close", "Close", { testid: "entry-close", on: { click: () => this.close() } });
        if (this.creating) {
            return fill(this.head, h("div", { class: "entry-title" }, h("h2", {}, "New key"), close), this.name);
        }
        const name = key ?? "";
        const facts = entry && [
            h("dt", {}, "Size"),
            h("dd", { title: exactSize(entry.size) }, size(entry.size)),
            h("dt", {}, "Expires"),
            h(
                "dd",
                { title: entry.expiration ? exact(entry.expiration * 1000) : null },
                entry.expiration ? relative(entry.expiration * 1000) : "never",
            ),
        ];
        const copy = iconButton("copy", "Copy the key", { on: { click: () => copyText(name, "Key") } });
        fill(
            this.head,
            h(
                "div",
                { class: "entry-title" },
                h("h2", { class: "mono", testid: "entry-key" }, h("bdi", {}, marked(name))),
                copy,
                close,
            ),
            facts && h("dl", {}, facts),
        );
    }

    /** Whether it can be saved, and what to say of it. */
    judge() {
        if (this.hidden || (this.entry === null && !this.creating)) return;
        this.form.judge();
        const shut = this.hasAttribute("data-shut"), dirty = this.dirty;
        const nameWrong = this.creating ? this.nameProblem() : null;
        const wrong = shut ? "Protected" : nameWrong ?? this.form.wrong;
        this.save.disabled = this.saving || shut || wrong !== null || !(dirty || this.creating);
        setText(
            this.state,
            this.saving
                ? "Saving…"
                : wrong && (dirty || shut)
                ? wrong
                : dirty
                ? "Not saved"
                : this.creating
                ? ""
                : "Saved",
        );
        this.state.classList.toggle("bad", wrong !== null && dirty && !this.saving);
    }

    nameProblem() {
        const { value } = this.name, most = this.limits.keyBytes;
        if (value === "") return "A key is needed";
        if (value === "." || value === "..") return "This key is not allowed";
        return byteLength(value) > most ? `The key is longer than ${exactSize(most)}` : null;
    }

    /** @param {boolean} [force] over whatever stands there now */
    async write(force = false) {
        const name = this.creating ? this.name.value : this.key ?? "";
        const { form, store, namespace: id, entry } = this, creating = this.creating && !force;
        this.saving = true;
        this.judge();
        try {
            const { metadataText } = form, expiration = form.expiration.value;
            let value = form.newValue, etag = force ? undefined : entry?.etag;
            if (value === null) {
                const { blob, etag: read } = await valueBlob(store, id, name);
                [value, etag] = [{ file: blob }, etag ?? read];
            }
            const sent = (/** @type {number} */ bytes, /** @type {number} */ total) =>
                setText(this.state, `Uploading ${size(bytes)} of ${size(total)}`);
            await storeEntry(store, id, name, { value, metadataText, expiration }, { etag, creating, sent });
            toast("Saved");
            this.hide();
            this.dispatchEvent(new CustomEvent("kv-stored", { detail: { name } }));
        } catch (error) {
            this.refused(error, name);
        } finally {
            this.saving = false;
            this.judge();
        }
    }

    /** @param {unknown} error @param {string} name */
    refused(error, name) {
        if (!(error instanceof ApiError) || error.status !== 412) {
            return fill(this.message, h("p", { class: "problem" }, icon("alert"), reason(error)));
        }
        const words = this.creating
            ? "A key with this name exists already."
            : "It was changed meanwhile, by someone else or a job.";
        const theirs = () => {
            this.hide();
            this.dispatchEvent(new CustomEvent("kv-stored", { detail: { name } }));
        };
        const show = h(
            "button",
            { type: "button", class: "button", testid: "conflict-reload", on: { click: theirs } },
            this.creating ? "Open it" : "Reload",
        );
        const over = h("button", {
            type: "button",
            class: "button danger",
            testid: "conflict-overwrite",
            on: { click: () => this.write(true) },
        }, "Overwrite");
        fill(this.message, h("div", { class: "conflict" }, h("p", {}, icon("alert"), words), show, over));
    }

    async deleteIt() {
        const name = this.key;
        if (name === null) return;
        if (
            !(await ask({
                title: "Delete this key?",
                text: ["This deletes ", quoted(name), " and its value."],
                action: "Delete",
                testid: "delete-entry",
            }))
        ) return;
        try {
            await api.deleteEntry(this.store, this.namespace, name);
            toast("Key deleted");
            this.hide();
            this.dispatchEvent(new CustomEvent("kv-stored", { detail: { name: null } }));
        } catch (error) {
            this.refused(error, name);
        }
    }
}

customElements.define("kv-entry", KvEntry);
