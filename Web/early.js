// Runs before anything is painted, so that a chosen theme never flashes and the files of the view are under way at once: left
// to their imports, each would be asked for only when the one that wants it has come.
;(() => {
	try {
		const theme = localStorage.getItem("theme")
		if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
	} catch {
		// Storage may be forbidden; the system's theme it is.
	}
	// The address of this file tells where everything lies.
	const {src} = /** @type {HTMLScriptElement} */ (document.currentScript), root = src.replace("early.js", "")
	const path = location.href.slice(root.length - 1)
	/** @type {[RegExp, string][]} */
	const views = [
		[/./, "kv-rail api catalog dom format popups router view"],
		[/^\/(\?|$)/, "kv-namespaces"],
		[/^\/s\/[^/]+\/n\/./, "kv-keys keys-head kv-folders kv-key-table key-table-input key-pages virtual-rows"],
		[/^\/s\/[^/]+\/n\/[^/]+\/k\/./, "kv-entry kv-entry-form kv-expiration kv-value entry-store json times"]
	]
	for (const file of views.flatMap(([view, files]) => (view.test(path) ? files.split(" ") : []))) {
		const link = document.createElement("link"), folder = /^(kv|key-table|keys-)/.test(file) ? "components" : "lib"
		link.rel = "modulepreload"
		link.href = `${root}${folder}/${file}.js`
		document.head.append(link)
	}
})()
