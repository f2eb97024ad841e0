/** @param {string} base64 */
export function fromBase64(base64) {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
	return bytes;
}

/** UTF-8, a byte order mark included; null when they are not text. @param {Uint8Array<ArrayBuffer>} bytes */
export function asText(bytes) {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}

/** @param {string} text */
export const byteLength = (text) => new TextEncoder().encode(text).length;

/** @param {Uint8Array} bytes @param {number} [most] */
export function hexLines(bytes, most = 16_384) {
	const lines = [];
	for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
		const row = bytes.subarray(at, at + 16);
		const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
		const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join(
			"",
		);
		const halves = [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")].join("  ");
		lines.push(`${at.toString(16).padStart(6, "0")}  ${halves.padEnd(48)}  ${text}`);
	}
	return lines.join("\n");
}

/** Thirty-two random hex digits; `crypto.randomUUID` is missing outside secure contexts. */
export const randomID = () =>
	Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
