/** Where the pointer was last, so that one which merely rests where a dialog opens is not taken for somebody's presence. */
const last = { x: -1, y: -1 };
for (const type of ["pointerdown", "pointermove"]) {
    document.addEventListener(type, (event) => {
        if (
            !(event instanceof PointerEvent) ||
            (event.target instanceof Element && event.target.closest("dialog[data-presence]"))
        ) return;
        last.x = event.clientX;
        last.y = event.clientY;
    }, { passive: true, capture: true });
}

/**
 * Whether somebody is in an element: the pointer moved in it, or the focus went to one of its controls.
 * Tells when they come and go.
 */
export class Presence {
    pointer = false;
    focus = false;

    /** @param {HTMLElement} element @param {() => void} changed @param {AbortSignal} signal */
    constructor(element, changed, signal) {
        element.dataset.presence = "";
        const rest = { ...last };
        const set = (/** @type {"pointer" | "focus"} */ what, /** @type {boolean} */ value) => {
            if (this[what] === value) return;
            this[what] = value;
            changed();
        };
        element.addEventListener("pointermove", (event) => {
            if (rest.x < 0 && event.movementX === 0 && event.movementY === 0) {
                [rest.x, rest.y] = [event.clientX, event.clientY];
            }
            const moved = Math.abs(event.clientX - rest.x) + Math.abs(event.clientY - rest.y) > 2;
            const over = event.target !== element || within(element, event);
            set("pointer", over && (moved || this.pointer));
        }, { signal });
        element.addEventListener("pointerleave", () => set("pointer", false), { signal });
        element.addEventListener(
            "focusin",
            (event) => set("focus", event.target instanceof Element && event.target.matches("button, a, input")),
            { signal },
        );
        element.addEventListener("focusout", () => set("focus", false), { signal });
    }

    get inside() {
        return this.pointer || this.focus;
    }
}

/** A dialog's backdrop counts as the dialog to events. @param {HTMLElement} element @param {PointerEvent} event */
function within(element, event) {
    const box = element.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top &&
        event.clientY <= box.bottom;
}
