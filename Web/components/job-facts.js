/** @import { Job } from "../lib/types.js" */
/** @import { Child } from "../lib/dom.js" */
import { h, textButton } from "../lib/dom.js";
import { exact, instant, size } from "../lib/format.js";
import { isEnded } from "../lib/job-watch.js";
import { place, targetPlace, timeTaken } from "../lib/job-words.js";
import { copyText } from "../lib/modal.js";
import { visible } from "../lib/names.js";
import { href } from "../lib/router.js";
import { stateChip } from "./kv-jobs.js";

/** @param {string} store @param {string} namespace @param {string} title */
const link = (store, namespace, title) =>
	h("a", { href: href.keys(store, namespace) }, h("bdi", {}, `${store} / ${title}`));

/** @param {string | null} time */
function moment(time) {
	const at = instant(time);
	return at === null ? null : h("span", { title: exact(at) }, exact(at).replace(/ \(.*/, ""));
}

/** @param {Job} job */
export function factsOf(job) {
	const { store, namespace, target, download } = job, to = target?.store ?? store;
	/** @type {[string, Child][]} */
	const facts = [
		["State", stateChip(job)],
		[job.kind === "import" ? "Into" : "From", link(store, namespace, place(job))],
		["To", target?.namespace && link(to, target.namespace, targetPlace(job))],
		["Created", moment(job.createdAt)],
		["Started", moment(job.startedAt)],
		["Ended", moment(job.finishedAt)],
		["Took", isEnded(job) && timeTaken(job)],
		["By", job.createdBy && visible(job.createdBy)],
		["File", download && `${download.name}, ${size(download.bytes)}`],
		["ID", textButton(job.id, () => copyText(job.id, "ID"), { class: "link mono", title: "Copy" })],
	];
	return facts.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}
