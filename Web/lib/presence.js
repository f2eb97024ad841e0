/** Where the pointer was last, so that one which merely rests where a dialog opens is not taken for somebody's presence. */
let last = { x: -1, y: -1 };

/** @param {PointerEvent} event */
const note = (event) => last = { x: event.clientX, y: event.clientY };
document.addEventListener("pointerdown", note, { passive: true, capture: true });
document.addEventListener("pointermove", note, { passive: true });

/** Whether somebody is in an element: the pointer moved in it, or the focus is on one of its controls. */
export class Presence {
	pointer = false;
	focus = false;

	/** @param {HTMLElement} element @param {() => void} changed @param {AbortSignal} signal */
	constructor(element, changed, signal) {
		const rest = last;
		const set = (/** @type {{ pointer?: boolean, focus?: boolean }} */ now) => {
			const before = this.inside;
			Object.assign(this, now);
			if (this.inside !== before) changed();
		};
		element.addEventListener("pointermove", ({ clientX: x, clientY: y }) => {
			const box = element.getBoundingClientRect();
			const over = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
			const moved = rest.x >= 0 && Math.abs(x - rest.x) + Math.abs(y - rest.y) > 2;
			set({ pointer: over && (moved || this.pointer) });
		}, { signal });
		element.addEventListener("pointerleave", () => set({ pointer: false }), { signal });
		element.addEventListener(
			"focusin",
			({ target }) => set({ focus: target instanceof Element && target.matches("button, a") }),
			{ signal },
		);
		element.addEventListener("focusout", () => set({ focus: false }), { signal });
	}

	get inside() {
		return this.pointer || this.focus;
	}
}
