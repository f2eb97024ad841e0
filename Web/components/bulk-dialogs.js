/** @import { JobSelection, Namespace } from "../lib/types.js" */
import { api } from "../lib/api.js";
import { randomID } from "../lib/bytes.js";
import { catalog } from "../lib/catalog.js";
import { fill, h, settled } from "../lib/dom.js";
import { followed } from "../lib/followed.js";
import { count, counted } from "../lib/format.js";
import { modal } from "../lib/modal.js";
import { marked, quoted, visible } from "../lib/names.js";
import { labelled, titleTyped } from "./namespace-dialogs.js";
import { choice, COLLISIONS, selectionWords } from "./transfer-dialogs.js";

/** The first of the chosen keys by name, so that one sees what one does. @param {JobSelection} selection */
function sample(selection) {
    if (!("keys" in selection)) return null;
    const rest = selection.keys.length - 5;
    return h(
        "ul",
        { class: "sample mono" },
        selection.keys.slice(0, 5).map((key) => h("li", {}, h("bdi", {}, marked(key)))),
        rest > 0 && h("li", { class: "muted" }, `and ${count(rest)} more`),
    );
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openDelete(store, namespace, selection, number) {
    const whole = "all" in selection;
    const typed = whole ? titleTyped(namespace.title) : null;
    const many = "keys" in selection ? selection.keys.length : number;
    const idempotencyKey = randomID();
    modal({
        title: many === null ? "Delete keys?" : `Delete ${counted(many)}?`,
        testid: "delete-dialog",
        action: many === null ? "Delete" : `Delete ${counted(many)}`,
        dangerous: true,
        body: [
            h("p", {}, "This deletes ", ...selectionWords(selection, many), " from ", quoted(namespace.title), "."),
            sample(selection),
            typed && typed.label,
        ],
        missing: typed?.missing,
        onSubmit: () => followed.start({ kind: "delete", store, namespace: namespace.id, selection }, idempotencyKey),
    });
}

/** A choice of namespace over all stores; where there are many, a filter asks the server. @param {string} store @param {string} id what to leave out */
function targetField(store, id) {
    const select = h("select", { testid: "copy-target", size: 1 });
    /** @param {Map<string, Namespace[]>} [found] */
    const offer = (found) => {
        const groups = catalog.shelves.map((shelf) => {
            const others = (found?.get(shelf.name) ?? shelf.namespaces).filter((one) =>
                shelf.name !== store || one.id !== id
            );
            const options = others.map((one) =>
                h(
                    "option",
                    { value: JSON.stringify([shelf.name, one.id]), disabled: one.protected || shelf.protected },
                    visible(one.title) + (one.protected ? " (protected)" : ""),
                )
            );
            return options.length ? h("optgroup", { label: shelf.label || shelf.name }, options) : null;
        });
        fill(select, groups);
    };
    offer();
    const search = settled(200, async () => {
        const found = new Map();
        for (const shelf of catalog.shelves) {
            const page = await api.namespaces(shelf.name, { query: filter.value.trim() }).catch(() => null);
            if (page) found.set(shelf.name, page.namespaces);
        }
        offer(found);
        select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const filter = h("input", {
        type: "search",
        placeholder: "Find a namespace",
        "aria-label": "Find a namespace",
        on: { input: search },
    });
    const many = catalog.shelves.some((shelf) => shelf.cursor !== null);
    const value = () => {
        const chosen = select.selectedOptions[0];
        if (!chosen || chosen.disabled) return null;
        const [toStore, namespace] = JSON.parse(chosen.value);
        return { store: toStore, namespace };
    };
    return { elements: [many && filter, labelled("To", select)], value };
}

/** @param {string} store @param {Namespace} namespace @param {JobSelection} selection @param {number | null} number */
export function openCopy(store, namespace, selection, number) {
    const target = targetField(store, namespace.id);
    const collision = choice("When a key exists there already", "collision", COLLISIONS);
    const many = "keys" in selection ? selection.keys.length : number;
    const idempotencyKey = randomID();
    const none = target.value() === null;
    modal({
        title: many === null ? "Copy keys" : `Copy ${counted(many)}`,
        testid: "copy-dialog",
        action: "Copy",
        body: [
            h(
                "p",
                {},
                ...selectionWords(selection, many),
                " from ",
                quoted(namespace.title),
                ", with value, metadata and expiration.",
            ),
            none ? h("p", { class: "notice" }, "There is no other namespace to copy to. Create one first.") : null,
            ...target.elements,
            collision.element,
        ],
        missing: () => (target.value() ? null : "a target"),
        onSubmit: () =>
            followed.start(
                {
                    kind: "copy",
                    store,
                    namespace: namespace.id,
                    selection,
                    target: target.value(),
                    collision: collision.value(),
                },
                idempotencyKey,
            ),
    });
}
