/** @import { Namespace } from "../lib/types.js" */
import { api } from "../lib/api.js";
import { catalog, isRemote } from "../lib/catalog.js";
import { h, toast } from "../lib/dom.js";
import { count, counted, size } from "../lib/format.js";
import { modal } from "../lib/modal.js";
import { quoted, visible } from "../lib/names.js";

/** @param {string} label @param {HTMLElement} control @param {string} [note] */
export function labelled(label, control, note) {
    return h("label", { class: "labelled" }, h("span", {}, label), control, note && h("small", {}, note));
}

/** @param {string} [store] */
export function createNamespace(store = catalog.shelves[0]?.name ?? "") {
    const title = h("input", {
        type: "text",
        maxlength: 512,
        autocomplete: "off",
        spellcheck: "false",
        testid: "namespace-title",
        autofocus: true,
    });
    const stores = h(
        "select",
        { testid: "namespace-store" },
        catalog.shelves.map((shelf) =>
            h(
                "option",
                { value: shelf.name, selected: shelf.name === store },
                `${shelf.label || shelf.name} (${isRemote(shelf) ? "remote" : "local"})`,
            )
        ),
    );
    modal({
        title: "New namespace",
        testid: "create-namespace",
        action: "Create",
        body: [labelled("Title", title), catalog.shelves.length > 1 && labelled("Store", stores)],
        missing: () => (title.value.trim() ? null : "a title"),
        async onSubmit() {
            await api.createNamespace(stores.value, title.value.trim());
            toast(`Namespace ${visible(title.value.trim())} created`);
            await catalog.refresh();
        },
    });
}

/** @param {string} store @param {Namespace} namespace */
export function renameNamespace(store, namespace) {
    const title = h("input", {
        type: "text",
        maxlength: 512,
        value: namespace.title,
        autocomplete: "off",
        spellcheck: "false",
        testid: "namespace-title",
        autofocus: true,
    });
    modal({
        title: "Rename namespace",
        testid: "rename-namespace",
        action: "Rename",
        body: [labelled("Title", title, "Its ID and its keys stay as they are.")],
        missing: () => (title.value.trim() && title.value.trim() !== namespace.title ? null : "another title"),
        async onSubmit() {
            catalog.learn(store, await api.changeNamespace(store, namespace.id, { title: title.value.trim() }));
            document.dispatchEvent(new CustomEvent("kv-changed", { detail: { namespaces: [namespace.id] } }));
            toast("Namespace renamed");
        },
    });
}

/** @param {string} store @param {Namespace} namespace */
export function protectNamespace(store, namespace) {
    const shut = !namespace.protected;
    modal({
        title: shut ? "Protect from changes?" : "Allow changes?",
        testid: "protect-namespace",
        action: shut ? "Protect" : "Allow changes",
        body: [
            shut
                ? h(
                    "p",
                    {},
                    "Until this is lifted, the server refuses to change or delete anything in ",
                    quoted(namespace.title),
                    ".",
                )
                : h("p", {}, "Keys in ", quoted(namespace.title), " can be changed and deleted again."),
        ],
        async onSubmit() {
            catalog.learn(store, await api.changeNamespace(store, namespace.id, { protected: shut }));
            document.dispatchEvent(new CustomEvent("kv-changed", { detail: { namespaces: [namespace.id] } }));
        },
    });
}

/** A field into which a title must be typed before something of weight. @param {string} title */
export function titleTyped(title) {
    const field = h("input", {
        type: "text",
        autocomplete: "off",
        spellcheck: "false",
        testid: "typed-title",
        autofocus: true,
    });
    const label = h("label", { class: "labelled" }, h("span", {}, "Type ", quoted(title), " to confirm"), field);
    return { label, missing: () => (field.value === title ? null : "the title") };
}

/** @param {string} store @param {Namespace} namespace */
export function deleteNamespace(store, namespace) {
    const { label, missing } = titleTyped(namespace.title);
    const keys = typeof namespace.keyCount === "number" ? counted(namespace.keyCount) : "all its keys";
    const bytes = typeof namespace.valueBytes === "number" ? ` (${size(namespace.valueBytes)})` : "";
    modal({
        title: "Delete namespace",
        testid: "delete-namespace",
        action: namespace.keyCount ? `Delete it and ${count(namespace.keyCount)} keys` : "Delete",
        dangerous: true,
        body: [
            h(
                "p",
                {},
                "This deletes the namespace ",
                quoted(namespace.title),
                ` with ${keys}${bytes}. It cannot be undone.`,
            ),
            label,
        ],
        missing,
        async onSubmit() {
            await api.deleteNamespace(store, namespace.id);
            toast(`Namespace ${visible(namespace.title)} deleted`);
            await catalog.refresh();
        },
    });
}
