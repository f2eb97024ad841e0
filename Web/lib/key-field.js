import {h, VERBATIM} from "./dom.js"

const BREAKS = [["\n", "‹LF›"], ["\r", "‹CR›"]]

/** A key as a field of one line holds it, which would drop line breaks. */
const written = (key = "") => BREAKS.reduce((text, [sign, mark]) => text.replaceAll(sign, mark), key)
const read = (text = "") => BREAKS.reduce((key, [sign, mark]) => key.replaceAll(mark, sign), text)

/**
 * A field for a key or a prefix, in which line breaks are marks that can be edited. A key that contains such marks itself cannot.
 * @param {string} testid @param {string} key @param {Attributes} given
 */
export function keyField(testid = "", key = "", given = {}) {
	const field = h("input", {type: "text", value: written(key), testid, autofocus: true, ...VERBATIM, ...given})
	const held = field.value
	field.readOnly = read(held) !== key
	return {
		field,
		get key() {
			return field.value === held ? key : read(field.value)
		},
		get dirty() {
			return field.value !== held
		}
	}
}
