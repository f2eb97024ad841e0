const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** @param {number | null | undefined} number */
export const count = (number) => (number === null || number === undefined ? "–" : whole.format(number));

/** "51,204 keys". @param {number} number @param {string} [noun] */
export const counted = (number, noun = "key") => `${whole.format(number)} ${noun}${number === 1 ? "" : "s"}`;

/** @param {number} number */
export const compact = (number) => {
	if (number < 100_000) return whole.format(number);
	if (number < 1e6) return `${whole.format(Math.floor(number / 1e3))} k`;
	return `${tenth.format(Math.floor(number / 1e5) / 10)} M`;
};

/** Exact below 10,000 bytes, then kB, MB, GB. @param {number | null | undefined} bytes */
export function size(bytes) {
	if (bytes === null || bytes === undefined) return "–";
	if (bytes < 10_000) return `${whole.format(bytes)} B`;
	const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
	return `${tenth.format(bytes / 1000 ** power)} ${["B", "kB", "MB", "GB"][power]}`;
}

/** @param {number | null | undefined} bytes */
export const exactSize = (bytes) => (typeof bytes === "number" ? counted(bytes, "byte") : "");

/** "42 s", "3 h". @param {number} seconds */
export function span(seconds) {
	const s = Math.abs(seconds);
	if (s < 60) return `${Math.round(s)} s`;
	if (s < 3600) return `${Math.round(s / 60)} min`;
	if (s < 48 * 3600) return `${Math.round(s / 3600)} h`;
	if (s < 60 * 86_400) return `${Math.round(s / 86_400)} days`;
	if (s < 730 * 86_400) return `${Math.round(s / (30.44 * 86_400))} months`;
	return `${Math.round(s / (365.25 * 86_400))} years`;
}

/** "2 min 5 s". @param {number} seconds */
export function duration(seconds) {
	if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
	return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** "in 3 h", "5 min ago", "now". @param {number} milliseconds since 1970 @param {number} [now] */
export function relative(milliseconds, now = Date.now()) {
	const seconds = (milliseconds - now) / 1000;
	if (Math.abs(seconds) < 2) return "now";
	return seconds > 0 ? `in ${span(seconds)}` : `${span(seconds)} ago`;
}

/** The exact moment in the reader's own time zone, and in UTC. @param {number} milliseconds */
export function exact(milliseconds) {
	const date = new Date(milliseconds);
	if (Number.isNaN(date.getTime())) return "";
	return `${moment.format(date)} (${date.toISOString().replace(/\.\d+/, "")})`;
}

/** @param {number | null} milliseconds */
export const titleOf = (milliseconds) => (milliseconds === null ? null : exact(milliseconds));

/** @param {number} milliseconds */
export const timeOfDay = (milliseconds) => clock.format(new Date(milliseconds));

/** @param {string | null | undefined} text RFC 3339 @returns {number | null} */
export function instant(text) {
	const value = text ? Date.parse(text) : NaN;
	return Number.isNaN(value) ? null : value;
}

/** For datetime-local fields: local time without a zone. @param {number} seconds */
export function localInput(seconds) {
	const date = new Date(seconds * 1000);
	return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
