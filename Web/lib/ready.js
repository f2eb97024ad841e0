let pending = 0;

/**
 * Marks the page as loading until the returned function is called. `body` carries `data-ready="1"` while nothing loads:
 * a stable sign for tests and scripts that a view stands.
 */
export function busy() {
	pending += 1;
	delete document.body.dataset.ready;
	let open = true;
	return () => {
		if (!open) return;
		open = false;
		pending -= 1;
		if (pending === 0) document.body.dataset.ready = "1";
	};
}

/** Runs work as loading. @template T @param {() => Promise<T>} work */
export async function whileBusy(work) {
	const done = busy();
	try {
		return await work();
	} finally {
		done();
	}
}
