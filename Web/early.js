// Runs before anything is painted, so that a chosen theme never flashes and the files of the view are under way at once: left
// to their imports, each would be asked for only when the one that wants it has come.
(() => {
	try {
		const theme = localStorage.getItem("theme");
		if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
	} catch {
		// Storage may be forbidden; the system's theme it is.
	}
	const jobs = ["lib/job-watch", "lib/job-words"];
	const entry = [
		"components/kv-entry",
		"components/kv-entry-form",
		"components/kv-value",
		"lib/entry-store",
		"lib/json-text",
	];
	const keys = ["kv-keys", "kv-folders", "kv-key-table", "key-table-input"].map((one) => `components/${one}`);
	/** @type {[RegExp, string[]][]} */
	const views = [
		[/^\/$/, ["components/kv-namespaces"]],
		[/^\/s\/[^/]+\/n\/./, [...keys, "lib/key-pages"]],
		[/^\/s\/[^/]+\/n\/[^/]+\/k\/./, entry],
		[/^\/jobs$/, ["components/kv-jobs", ...jobs]],
		[/^\/jobs\/./, ["components/kv-job", ...jobs]],
	];
	for (const file of views.flatMap(([address, files]) => (address.test(location.pathname) ? files : []))) {
		const link = document.createElement("link");
		link.rel = "modulepreload";
		link.href = `/${file}.js`;
		document.head.append(link);
	}
})();
