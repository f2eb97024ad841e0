/** @import { JobSelection } from "./types.js" */

/** Which keys a bulk action takes: named ones, or all that match the prefix. Emits `change`. */
export class Selection extends EventTarget {
	/** @type {Set<string>} */
	names = new Set();
	all = false;

	get empty() {
		return !this.all && this.names.size === 0;
	}

	/** @param {string} name */
	has(name) {
		return this.all || this.names.has(name);
	}

	/** @param {Iterable<string>} names @param {boolean} on */
	set(names, on) {
		for (const name of names) on ? this.names.add(name) : this.names.delete(name);
		this.changed();
	}

	selectAll() {
		this.all = true;
		this.names.clear();
		this.changed();
	}

	clear() {
		this.all = false;
		this.names.clear();
		this.changed();
	}

	/** Goes from "all matching" to named keys. @param {Iterable<string>} names */
	only(names) {
		this.all = false;
		this.names = new Set(names);
		this.changed();
	}

	/** @param {string} prefix @returns {JobSelection} */
	asked(prefix) {
		if (!this.all) return { keys: [...this.names] };
		return prefix ? { prefix } : { all: true };
	}

	changed() {
		this.dispatchEvent(new Event("change"));
	}
}
