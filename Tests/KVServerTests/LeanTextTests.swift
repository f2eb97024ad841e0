import Testing

@testable import KVServer

@Suite("Lean text")
struct LeanTextTests {
    private func script(_ text: String) -> String {
        String(decoding: LeanText.ofScript(Array(text.utf8)), as: UTF8.self)
    }
    private func styles(_ text: String) -> String {
        String(decoding: LeanText.ofStyles(Array(text.utf8)), as: UTF8.self)
    }

    @Test("a script keeps the ends of lines that part statements")
    func statements() {
        #expect(script("const a = 1\nconst b = 2\n") == "const a=1\nconst b=2\n")
        #expect(script("f(\n\ta,\n\tb\n)\ng()\n") == "f(a,b)\ng()\n")
        #expect(script("if (a) {\n\tb = [\n\t\t1\n\t]\n} else {\n\tb()\n}\n") == "if(a){b=[1]}else{b()}\n")
        #expect(
            script("if (a) {\n\treturn\n}\nclass A {\n\tx = 1\n\ty = 2\n}\n")
                == "if(a){return}\nclass A{x=1\ny=2}\n")
    }

    @Test("a script loses its comments, and nothing that looks like one")
    func comments() {
        #expect(
            script("/** Says\n * so.\n */\n// and so\nf(\"// no\") // why,\ng()\n") == "f(\"// no\") // why,\ng()\n")
        #expect(
            script("const a = /** @type {string} */ (b), c = /** @type {number} */ (d)\n") == "const a = (b), c = (d)\n"
        )
        #expect(script("f(\"http://x\",\n\ty)\n") == "f(\"http://x\",y)\n")
    }

    @Test("spaces go where only code can be, and stay within strings and patterns")
    func spaces() {
        #expect(
            script("const f = (a, b) => a ? {c: a && b} : -b - 1\nfor (const x of y) z ??= x in y\n")
                == "const f=(a,b)=>a?{c:a&&b}:-b - 1\nfor(const x of y)z??=x in y\n")
        for line in ["f(\"a, b\", c)", "f('a, b', c)", "f(`a, b`, c)", "f(/a = b/, c)"] {
            #expect(script(line + "\n") == line + "\n")
        }
    }

    @Test("an import has no spaces but those that it needs")
    func imports() {
        #expect(script("import {a, b as c} from \"./x.js\"\n") == "import{a,b as c}from\"./x.js\"\n")
        #expect(script("import \"./x.js\"\n") == "import\"./x.js\"\n")
    }

    @Test("a style sheet is one line but for values that go on")
    func sheets() {
        #expect(
            styles(".a,\n.b:hover {\n\tcolor: red;\n\tgrid:\n\t\t1px\n\t\t2px;\n}\n")
                == ".a,.b:hover{color:red;grid:\n1px\n2px}")
        #expect(
            styles("@media (a: b) {\n\t.c {\n\t\tcontent: \"a: b\";\n\t}\n}\n")
                == "@media (a: b){.c{content:\"a: b\"}}")
    }
}
