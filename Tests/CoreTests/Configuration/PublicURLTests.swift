import Testing

@testable import Core

struct PublicURLTests {
    @Test(
        arguments: [
            ("https://ops.example.com/remotisan", "https://ops.example.com", "/remotisan"),
            ("https://ops.example.com/a/b/", "https://ops.example.com", "/a/b"),
            ("https://ops.example.com", "https://ops.example.com", nil),
            ("https://ops.example.com/", "https://ops.example.com", nil),
            ("HTTPS://Ops.Example.COM:443/X", "https://ops.example.com", "/X"),
            ("http://ops:80/x", "http://ops", "/x"), ("http://ops:8080/x", "http://ops:8080", "/x"),
            ("http://[::1]:80/x", "http://[::1]", "/x"), ("https://ops:80/x", "https://ops:80", "/x"),
            ("http://ops:65535/", "http://ops:65535", nil), ("http://[::1]:8080/x", "http://[::1]:8080", "/x"),
        ] as [(String, String, String?)])
    func `a public URL has an origin and perhaps a path`(_ text: String, _ origin: String, _ path: String?) throws {
        let url = try #require(PublicURL(text))
        #expect(url.origin == origin)
        #expect(url.path == path)
    }

    @Test(arguments: [
        "", "ops", "ftp://ops/x", "https://", "https:///x", "http://a b/", "https://u@ops/", "http://ops/?x",
        "http://ops:99999/x", "http://ops:0/", "http://ops:/x", "http://ops:a/", "http://ops:80:80/", "http://ops:-1/",
        "http://[::1]:65536/", "http://[::1]x/",
    ])
    func `other addresses are not public URLs`(_ text: String) {
        #expect(PublicURL(text) == nil)
    }
}
