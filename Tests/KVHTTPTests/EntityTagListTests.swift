import TestSupport
import Testing

@testable import KVHTTP

@Suite("A list of ETags")
struct EntityTagListTests {
    @Test(
        "has those that stand in it",
        arguments: [#""a""#, #""b", "a""#, #""b","a""#, #" , "a" ,"#, #"W/"b", "a""#, #""x,y" , "a""#, #"junk, "a""#])
    func contained(header: String) {
        #expect(EntityTagList(header).containsStrongly(#""a""#) && EntityTagList(header).containsWeakly(#""a""#))
    }

    @Test(
        "has no other",
        arguments: [
            "", "a", #""A""#, #""b""#, #""a"#, #"a""#, #""x"a""#, #""x,"a"""#, #""x, \"a\"""#, #"w/"a""#, #""*""#,
            #"'a'"#, "*a", "**",
        ])
    func other(header: String) {
        #expect(!EntityTagList(header).containsWeakly(#""a""#), "\(header)")
    }

    @Test("has a weak one only where that counts")
    func weak() {
        let list = EntityTagList(#"W/"a", W/"b""#)
        #expect(list.containsWeakly(#""b""#) && !list.containsStrongly(#""b""#))
    }

    @Test("of * has every one, and what has none")
    func any() {
        #expect(EntityTagList("*").containsStrongly(nil) && EntityTagList(" * ").containsWeakly(#""a""#))
        #expect(!EntityTagList(#""a""#).containsWeakly(nil))
    }

    @Test("is read to its end however it is damaged")
    func damaged() {
        for text in Mutations(of: [#""a", W/"b,c", *"#, #"W/"", "x"#], telling: "\"W/,* \u{e9}", seed: 45) {
            _ = EntityTagList(String(decoding: text, as: UTF8.self)).containsWeakly("\"a\"")
        }
    }
}
