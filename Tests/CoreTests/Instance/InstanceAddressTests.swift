import Testing

@testable import Core

struct InstanceAddressTests {
    @Test(arguments: ["10.0.0.1:80", "a:1", "ops-2.example.com:65535", "[::1]:8080", "[2001:db8::1]:443"])
    func `an address is a host and a port`(_ text: String) {
        #expect(InstanceAddress(text)?.description == text)
    }

    @Test(arguments: [
        "", ":", ":80", "a", "a:", "a:0", "a:080", "a:65536", "a:-1", "a:8o", "a b:80", "http://a:80", "a/b:80",
        "a:80/", "u@a:80", "a..b:80", "-a:80", "a?:80", "a#:80", "a%2f:80", "$a:80", "..:80", "[]:80", "[a:80",
        "::1:80",
        "[::1%eth0]:80", "é:80", "a\n:80", "a:80\r\nX: y", "unix:/run/x:80", "[:/x]:80",
    ])
    func `malformed addresses are rejected`(_ text: String) {
        #expect(InstanceAddress(text) == nil)
    }

    @Test func `an address is converted to lower case`() {
        #expect(InstanceAddress("OPS.Example.com:80")?.description == "ops.example.com:80")
    }
}
