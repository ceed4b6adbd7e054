import Testing

@testable import Core

struct NginxCheckTests {
    private static func findings(
        _ location: String, user: String = "REMOTISAN_USER", around: String = "", names: Set<String> = []
    ) -> [Finding] {
        NginxCheck(
            "http { include conf.d/*.conf; server { \(around) location ^~ /remotisan/ { \(location) } } }",
            identity: .init(user: user, groups: "REMOTISAN_GROUPS"), socket: "/run/r.sock", names: names
        ) { pattern in
            switch pattern {
            case "params": ["fastcgi_param REMOTE_USER $remote_user; # as in Debian\n"]
            case "good": ["fastcgi_param REMOTISAN_USER $who; fastcgi_param REMOTISAN_GROUPS '';"]
            // This file includes itself.
            case "conf.d/*.conf": ["include conf.d/*.conf; log_format x '{\"a\": \"#\"}';"]
            case "/etc/passwords": ["# a:b\nann:x\nbob:x:comment\r\nAnn:y\n"]
            default: []
            }
        }.findings
    }

    @Test func `the exported configuration is ok`() {
        let findings = Self.findings("include good; fastcgi_keep_conn off; fastcgi_pass unix:/run/r.sock;")
        #expect(findings.map(\.severity) == [.ok])
        #expect(findings[0].subject == "nginx, location ^~ /remotisan/")
    }

    @Test(arguments: [
        ("fastcgi_pass unix:/run/r.sock;", "REMOTISAN_USER", "is not set, so no request has a user"),
        ("include good; include params; fastcgi_pass unix:/run/r.sock;", "REMOTE_USER", "chooses the name"),
        (
            "fastcgi_param REMOTISAN_USER $remote_user; fastcgi_pass remotisan;", "REMOTISAN_USER",
            "chooses the name"
        ),
        (
            "fastcgi_param REMOTISAN_USER $http_x_user; fastcgi_pass unix:/run/r.sock;", "REMOTISAN_USER",
            "which the client chooses"
        ),
        (
            "auth_basic off; include params; fastcgi_pass unix:/run/r.sock;", "REMOTE_USER", "chooses the name"
        ),
    ])
    func `an identity that is missing or chosen by the client is found`(location: String, user: String, words: String) {
        let findings = Self.findings(location, user: user)
        #expect(findings.contains { $0.severity == .problem && $0.text.contains(words) }, "\(findings)")
    }

    @Test func `auth_basic protects $remote_user, and a block with its own fastcgi_param inherits none`() {
        let protected = Self.findings(
            "include params; fastcgi_param REMOTISAN_GROUPS x; fastcgi_pass unix:/run/r.sock;", user: "REMOTE_USER",
            around: "auth_basic x;")
        #expect(protected.map(\.severity) == [.ok])
        #expect(Self.findings("fastcgi_pass unix:/run/r.sock;", around: "include good;").map(\.severity) == [.ok])
        let overridden = Self.findings("fastcgi_param A b; fastcgi_pass unix:/run/r.sock;", around: "include good;")
        #expect(overridden.first?.severity == .problem)
    }

    @Test func `requests that fcgiwrap passes on are recognised, and need no socket`() {
        func check(_ location: String) -> NginxCheck {
            NginxCheck(
                "server { location /r { fastcgi_param REMOTISAN_USER $u; fastcgi_param REMOTISAN_GROUPS g; \(location) } }",
                identity: .init(user: "REMOTISAN_USER", groups: "REMOTISAN_GROUPS"), socket: "/run/r.sock"
            ) { _ in [] }
        }
        let started = check(
            "fastcgi_param SCRIPT_FILENAME /usr/bin/remotisan-fcgi; fastcgi_pass unix:/run/fcgiwrap.socket;")
        #expect(started.findings.map(\.severity) == [.ok])
        #expect(started.startsResponder && !started.usesSocket)
        let running = check("fastcgi_pass unix:/run/r.sock;")
        #expect(running.usesSocket && !running.startsResponder)
        let other = check("fastcgi_param SCRIPT_FILENAME /usr/bin/other; fastcgi_pass unix:/run/fcgiwrap.socket;")
        #expect(other.findings.isEmpty && !other.startsResponder && !other.usesSocket)
    }

    @Test func `kept connections are found, and other locations are ignored`() {
        let kept = Self.findings("include good; fastcgi_keep_conn on; fastcgi_pass unix:/run/r.sock;")
        #expect(kept.map(\.severity) == [.warning])
        #expect(Self.findings("include params; fastcgi_pass unix:/run/php.sock;").isEmpty)
    }

    @Test func `a missing file of passwords is found`() {
        func severities(_ file: String) -> [Finding.Severity] {
            Self.findings("include good; auth_basic_user_file \(file); fastcgi_pass unix:/run/r.sock;").map(\.severity)
        }
        #expect(severities("/etc/none") == [.problem])
        #expect(severities("/etc/passwords") == [.ok])
        #expect(severities("/etc/$host") == [.ok])
    }

    @Test func `names that differ only in case are found, where a map gives groups and in the configuration`() {
        let location = "include good; auth_basic_user_file /etc/passwords; fastcgi_pass unix:/run/r.sock;"
        #expect(Self.findings(location, names: ["ann", "bob", "zoe"]).map(\.severity) == [.ok])
        let map = Self.findings(location, around: "map $remote_user $groups { ann a; }")
        #expect(map.map(\.severity) == [.warning])
        #expect(map.first?.text.contains("Ann and ann") ?? false)
        let named = Self.findings(location, names: ["BOB", "ANN"])
        #expect(named.map(\.severity) == [.warning, .warning])
        #expect(named.last?.text.contains("the user BOB, but /etc/passwords has bob") ?? false)
    }
}
