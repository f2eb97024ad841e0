/** What is connected for as long as an element is: listeners that are given `this.signal`, requests too. */
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

	/** Builds what is shown and listens. */
	connected() {}
}
