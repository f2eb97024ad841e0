/** @import { Failure } from "../lib/types.js" */
import { h } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { marked } from "../lib/names.js";

/** @param {Failure[]} failures */
export function failureList(failures) {
	return h(
		"ul",
		{},
		failures.map(({ key, line, detail, code, attempts }) => {
			const where = typeof line === "number" ? `line ${line}: ` : "",
				tries = attempts > 1 ? ` (${counted(attempts, "attempt")})` : "";
			return h(
				"li",
				{ testid: "failure" },
				h("bdi", "mono", marked(key)),
				h("span", {}, where, detail || code, tries),
			);
		}),
	);
}
