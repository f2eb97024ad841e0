"""Key names and values that break programs which take text for granted."""
KEYS = [
    "a/b c%?#é", "k" * 512, "é" * 256, "line\nbreak", "tab\tand\u0000nul", "🎉", "..a", "a..", ".hidden", "__proto__", "constructor",
    "مفتاح\u202eabc", "é", "e\u0301", "\uff21", "\U0001f170", "list", "keys", "%2F", "a%2Fb", "a/b", "a+b", "a b", " ", "/", "//", "/a/",
    "../x", "a/../b", "'; DROP TABLE entry; --", "<img src=x onerror=alert(1)>", '"quoted"', "back\\slash", "=1+1", "\ufeffbom", "\x7f",
]
VALUES = [
    b"", b"text", bytes(range(256)), b"\xef\xbb\xbfbom", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", "é🎉".encode(), b"a\r\nb\n",
    b"\xc3", b"\"quoted\",comma\\", b"=cmd()", bytes(70_000),
]


def by_bytes(names):
    return sorted(names, key=lambda name: name.encode())
