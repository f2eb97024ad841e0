import KVModel
import TestSupport
import Testing

@testable import KVHTTP

@Suite("A host")
struct HostTests {
    @Test(
        "is the same in all its spellings",
        arguments: [
            ("kv.example.com", "KV.Example.COM"), ("kv.example.com", "kv.example.com."), ("localhost", "LOCALHOST."),
            ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.example.", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"), ("faß.example", "xn--fa-hia.example"),
            ("例え。jp", "xn--r8jz45g.jp"), ("[::1]", "[0:0:0:0:0:0:0:1]"), ("[2001:DB8::a]", "[2001:db8:0::A]"),
            ("127.0.0.1", "127.0.0.1."), ("kv_1.example", "KV_1.example"),
        ])
    func spellings(one: String, other: String) throws {
        let host = try #require(HostAndPort(one))
        #expect(host == HostAndPort(other))
        #expect(HostAndPort("\(one):8787")?.host == host.host)
    }

    @Test(
        "is another one with any other name or address",
        arguments: [
            ("kv.example.com", "kv.example.com.evil.example"), ("bücher.example", "bucher.example"),
            ("127.0.0.1", "[::ffff:127.0.0.1]"), ("127.0.0.1", "127.1"), ("localhost", "local.host"),
        ])
    func others(one: String, other: String) throws {
        let host = try #require(HostAndPort(one)).host
        #expect(host != HostAndPort(other)?.host)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", ".", "..", "a..b", ".a", "localhost..", ":80", "::1", "[::1", "[::1]a", "[::1].", "[127.0.0.1]",
            "[evil]",
            "[::1%lo]", "a:", "a:65536", "a:-1", "a:8x", "a:80:90", "a b", "a/", "u@a", "a#b", "é@a", "é/a", "a\u{0}",
            "*.a",
            "\(String(repeating: "a", count: 64)).b", String(repeating: "a.", count: 128),
        ])
    func invalid(text: String) {
        #expect(HostAndPort(text) == nil)
    }

    @Test("is read to its end however it is damaged")
    func damaged() {
        let texts = [
            "kv.example.com:443", "[2001:db8::1]:80", "bücher.example.", "https://kv.example.com", "*.example.com/",
        ]
        for text in Mutations(of: texts, telling: ".:[]/*@%é -", seed: 44) {
            let text = String(decoding: text, as: UTF8.self)
            _ = Origin(text)
            _ = try? AllowedHost(text)
            if case .name(let name) = HostAndPort(text)?.host, !name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
                Issue.record("\(text) is \(name)")
            }
        }
    }
}

@Suite("An origin")
struct OriginTests {
    @Test(
        "has the default port of its scheme where it names none",
        arguments: [
            ("https://kv.example.com", "https://kv.example.com:443"), ("http://[::1]:80", "http://[::1]"),
            ("HTTPS://KV.example.com.", "https://kv.example.com"),
        ])
    func equal(one: String, other: String) throws {
        let origin = try #require(Origin(one))
        #expect(origin == Origin(other))
    }

    @Test(
        "differs by scheme, host and port",
        arguments: [
            "http://kv.example.com:443", "https://kv.example.com:80", "https://example.com",
            "https://kv.example.com:444",
        ])
    func different(text: String) throws {
        let origin = try #require(Origin(text))
        #expect(origin != Origin("https://kv.example.com"))
    }

    @Test(
        "is nothing else",
        arguments: ["null", "", "kv.example.com", "ftp://a", "https://a/", "https://", "https://a, https://a"])
    func invalid(text: String) {
        #expect(Origin(text) == nil)
    }
}

@Suite("An allowed host")
struct AllowedHostTests {
    @Test(
        "is understood as it is copied from elsewhere",
        arguments: [
            "kv.example.com", "https://kv.example.com", "http://kv.example.com:8787/", "kv.example.com:443",
            "kv.example.com/",
            " kv.example.com", "kv.example.com\n", "KV.Example.COM.", "a.example,, kv.example.com ,", "*.example.com",
        ])
    func understood(text: String) throws {
        let hosts = AllowedHosts(try AllowedHost.list(text))
        for host in ["kv.example.com", "kv.example.com.", "kv.example.com:8443"] {
            #expect(try hosts.contains(host) && hosts.isGivenName(host))
        }
        #expect(try !hosts.contains("other.example"))
    }

    @Test(
        "may have letters beyond ASCII; browsers send it in Punycode", arguments: ["bücher.example", "BÜCHER.example."])
    func international(text: String) throws {
        let hosts = AllowedHosts([try AllowedHost(text)])
        #expect(try hosts.contains("xn--bcher-kva.example") && hosts.contains("bücher.example:80"))
    }

    @Test("with * stands for the names below it, and not for itself or names that end alike")
    func wildcard() throws {
        let hosts = AllowedHosts([try AllowedHost("*.example.com")])
        #expect(try hosts.contains("a.example.com") && hosts.contains("A.b.Example.com.:80"))
        #expect(try !hosts.contains("example.com") && !hosts.contains("evilexample.com"))
    }

    @Test(
        "may be an address, which every server answers to",
        arguments: ["10.0.0.1", "::1", "[::1]", "https://[::1]:8787/"])
    func address(text: String) throws {
        let hosts = AllowedHosts([try AllowedHost(text)])
        #expect(try hosts.contains("10.0.0.1") && hosts.contains("[::1]") && !hosts.isGivenName("[::1]"))
    }

    @Test(
        "is refused with a sentence where it is anything else",
        arguments: [
            ("kv.example.com/kv", "--base-path"), ("https://kv.example.com//", "--base-path"), ("*", "*.example.com"),
            ("*.com", "*.example.com"), ("kv.*.com", "*.example.com"), ("*.10.0.0.1", "*.example.com"),
            ("a.example b.example", "commas"), ("ftp://kv.example.com", "the host alone"),
            ("user@kv.example.com", "a name"),
            ("kv.example.com:https", "a name"), (".example.com", "a name"), ("https://", "a name"), ("a;b", "a name"),
        ])
    func refused(text: String, advice: String) throws {
        let error = try #require(throws: KVError.self) { _ = try AllowedHost(text) }
        #expect(
            error.detail.contains(advice) && error.detail.contains("Invalid allowed host \"\(text)\""),
            "\(error.detail)")
    }

    @Test("stays besides the name at which the server listens when the hosts are replaced")
    func listening() throws {
        let hosts = AllowedHosts(listeningAt: "kv.local")
        hosts.replace(by: [try AllowedHost("kv.example.com")])
        #expect(try hosts.contains("kv.local") && hosts.contains("kv.example.com") && hosts.contains("localhost."))
    }
}
