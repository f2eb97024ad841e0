/**
 * JSON as text: where it is wrong, and what its members literally say. `JSON.parse` answers neither the same way in every
 * engine, and parsing and printing again would change numbers such as 1.0 or 12345678901234567890.
 */
class Scanner {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
  }

  /** @param {string} problem @returns {never} */
  fail(problem) {
    throw new JSONProblem(problem, this.at);
  }

  space() {
    const blank = /[ \t\n\r]*/y;
    blank.lastIndex = this.at;
    blank.exec(this.text);
    this.at = blank.lastIndex;
  }

  /** @param {(name: string, from: number, to: number) => void} [member] told of each member of the outermost object */
  value(member) {
    this.space();
    const next = this.text[this.at];
    if (next === undefined) this.fail("a value is missing at the end");
    if (next === "{") return this.object(member);
    if (next === "[") return this.array();
    if (next === '"') return this.string();
    const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
    word.lastIndex = this.at;
    if (!word.exec(this.text)) this.fail(`a value was expected, not ${show(next)}`);
    this.at = word.lastIndex;
  }

  /** @param {(name: string, from: number, to: number) => void} [member] */
  object(member) {
    this.enter();
    this.space();
    if (this.text[this.at] === "}") return this.leave();
    while (true) {
      this.space();
      if (this.text[this.at] !== '"') {
        this.fail(`a name in double quotes was expected, not ${show(this.text[this.at])}`);
      }
      const start = this.at;
      this.string();
      const name = this.text.slice(start, this.at);
      this.space();
      if (this.text[this.at] !== ":") this.fail(`":" was expected, not ${show(this.text[this.at])}`);
      this.at += 1;
      this.space();
      const from = this.at;
      this.value();
      member?.(JSON.parse(name), from, this.at);
      this.space();
      if (this.text[this.at] === "}") return this.leave();
      if (this.text[this.at] !== ",") this.fail(`"," or "}" was expected, not ${show(this.text[this.at])}`);
      this.at += 1;
    }
  }

  array() {
    this.enter();
    this.space();
    if (this.text[this.at] === "]") return this.leave();
    while (true) {
      this.value();
      this.space();
      if (this.text[this.at] === "]") return this.leave();
      if (this.text[this.at] !== ",") this.fail(`"," or "]" was expected, not ${show(this.text[this.at])}`);
      this.at += 1;
    }
  }

  enter() {
    this.at += 1;
    this.depth += 1;
    if (this.depth > 512) this.fail("nested too deeply");
  }

  leave() {
    this.at += 1;
    this.depth -= 1;
  }

  string() {
    // deno-lint-ignore no-control-regex
    const run = /[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;
    run.lastIndex = this.at + 1;
    run.exec(this.text);
    this.at = run.lastIndex;
    const next = this.text[this.at];
    if (next === '"') this.at += 1;
    else if (next === undefined || next === "\n") this.fail('a closing " is missing');
    else if (next === "\\") this.fail("this escape is not allowed");
    else this.fail("a control character must be escaped in a string");
  }
}

export class JSONProblem extends Error {
  /** @param {string} problem @param {number} at */
  constructor(problem, at) {
    super(problem);
    this.at = at;
  }
}

/** @param {string | undefined} character */
const show = (
  character,
) => (character === undefined ? "the end" : character === "\n" ? "a line end" : `"${character}"`);

/**
 * What is wrong with a JSON text, with its line and column counted from 1; null when nothing is.
 * @param {string} text
 * @returns {{ at: number, line: number, column: number, message: string } | null}
 */
export function problemIn(text) {
  try {
    const scanner = new Scanner(text);
    scanner.value();
    scanner.space();
    if (scanner.at < text.length) {
      scanner.fail(`nothing was expected after the value, not ${show(text[scanner.at])}`);
    }
    return null;
  } catch (error) {
    if (!(error instanceof JSONProblem)) throw error;
    const before = text.slice(0, error.at).split("\n");
    const column = before[before.length - 1].length + 1;
    return { at: error.at, line: before.length, column, message: error.message };
  }
}

/** The literal text of a member of the outermost object; null when there is none. @param {string} text @param {string} name */
export function memberText(text, name) {
  /** @type {string | null} */
  let found = null;
  new Scanner(text).value((member, from, to) => {
    if (member === name) found = text.slice(from, to);
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
