// deno-lint-ignore no-control-regex
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/.source;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.source;
const TOKEN = new RegExp(`[{}[\\],:]|${STRING}|${NUMBER}|true|false|null|$`, "y");

/**
 * Where JSON is wrong, and what its members literally say. `JSON.parse` answers neither the same way in every engine, and
 * printing again would change numbers such as 1.0 or 12345678901234567890.
 */
class Scanner {
	at = 0;
	from = 0;
	end = 0;
	token = "";

	/** @param {string} text */
	constructor(text) {
		this.text = text;
		this.next();
	}

	/** There is an empty token at the end. */
	next() {
		const blank = /[ \t\n\r]*/y;
		this.end = blank.lastIndex = this.at;
		blank.exec(this.text);
		this.from = TOKEN.lastIndex = blank.lastIndex;
		const found = TOKEN.exec(this.text);
		if (!found) {
			const unclosed = "this string is not closed, or something in it must be escaped";
			this.fail(this.text[this.from] === '"' ? unclosed : "this is not JSON");
		}
		this.token = found[0];
		this.at = TOKEN.lastIndex;
	}

	/** @param {string} problem @returns {never} */
	fail(problem) {
		throw new JSONProblem(problem, this.from);
	}

	/** @param {string} token @param {string} expected */
	take(token, expected = `"${token}"`) {
		if (this.token !== token) this.fail(`${expected} was expected, not ${this.token || "the end"}`);
		this.next();
	}

	/** @param {number} depth @param {ToldOfMember} [member] told of each member of this object */
	value(depth, member) {
		if (depth > 500) this.fail("this is nested too deeply");
		if (this.token === "{") this.list("}", () => this.member(depth, member));
		else if (this.token === "[") this.list("]", () => this.value(depth + 1));
		else if ("]},:".includes(this.token)) this.fail(`a value was expected, not ${this.token || "the end"}`);
		else this.next();
	}

	/** @param {number} depth @param {ToldOfMember} [member] */
	member(depth, member) {
		const name = this.token;
		if (name[0] !== '"') this.fail(`a name in double quotes was expected, not ${name || "the end"}`);
		this.next();
		this.take(":");
		const { from } = this;
		this.value(depth + 1);
		member?.(JSON.parse(name), this.text.slice(from, this.end));
	}

	/** @param {string} close @param {() => void} item */
	list(close, item) {
		this.next();
		if (this.token === close) return this.next();
		item();
		while (this.token !== close) {
			this.take(",", `"," or "${close}"`);
			item();
		}
		this.next();
	}
}

class JSONProblem extends Error {
	/** @param {string} problem @param {number} at */
	constructor(problem, at) {
		super(problem);
		this.at = at;
	}
}

/** What is wrong, with line and column counted from 1; null when nothing is. @param {string} text */
export function problemIn(text) {
	try {
		const scanner = new Scanner(text);
		scanner.value(0);
		scanner.take("", "nothing more");
		return null;
	} catch (error) {
		if (!(error instanceof JSONProblem)) throw error;
		const { at, message } = error, before = text.slice(0, at).split("\n");
		return { at, line: before.length, column: (before.at(-1) ?? "").length + 1, message };
	}
}

/** The literal text of a member of the outermost object; null when there is none. @param {string} text @param {string} wanted @returns {string | null} */
export function memberText(text, wanted) {
	/** @type {string | null} */
	let found = null;
	new Scanner(text).value(0, (name, literal) => {
		if (name === wanted) found = literal;
	});
	return found;
}

/** JSON laid out with two spaces, token by token, so that numbers and doubled names stay as they are. @param {string} text */
export function laidOut(text) {
	const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
	let depth = 0, out = "";
	tokens.forEach((token, index) => {
		const before = tokens[index - 1], after = tokens[index + 1];
		const line = () => "\n" + "  ".repeat(depth);
		if (token === "{" || token === "[") {
			depth += 1;
			out += token + (after === "}" || after === "]" ? "" : line());
		} else if (token === "}" || token === "]") {
			depth -= 1;
			out += (before === "{" || before === "[" ? "" : line()) + token;
		} else if (token === ",") out += token + line();
		else out += token === ":" ? ": " : token;
	});
	return out;
}

/** JSON without the blanks between its tokens. @param {string} text */
export const withoutBlanks = (text) => text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? "");

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
