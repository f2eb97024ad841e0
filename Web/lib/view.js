/** Listeners and requests that are given `this.signal` end with the element. */
export class View extends HTMLElement {
	leaving = new AbortController();

	get signal() {
		return this.leaving.signal;
	}

	connectedCallback() {
		this.leaving = new AbortController();
		this.connected();
	}

	disconnectedCallback() {
		this.leaving.abort();
	}

	connected() {}
}
