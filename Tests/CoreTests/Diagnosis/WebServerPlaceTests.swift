import Glibc
import Testing

@testable import Core

/// Whether the web server's files agree with the instance.
@Suite struct WebServerPlaceTests {
    private static let identity = Configuration.Identity(user: "REMOTISAN_USER", groups: "REMOTISAN_GROUPS")
    private static let passwords = "ann:x\n"

    private static func nginx(
        location: String = "^~ /remotisan/", name: String = "ops.lab", parameters: String = "",
        logs: String = "location ^~ /remotisan-logs/ { internal; alias /srv/logs/; }", maps: String = "",
        url: String = "remotisan", groups: Set<String> = ["support"], unusable: Set<String> = []
    ) -> [Finding] {
        NginxCheck(
            """
            user www-data;
            http {
                \(maps)
                server {
                    server_name \(name);
                    location \(location) {
                        auth_basic x; auth_basic_user_file /etc/passwords;
                        fastcgi_param REMOTISAN_USER $remote_user;
                        fastcgi_param REMOTISAN_GROUPS $groups;
                        \(parameters)
                        fastcgi_pass unix:/run/r.sock;
                    }
                    \(logs)
                }
            }
            """, identity: identity, socket: "/run/r.sock",
            instance: .init(url: url, logs: "/srv/logs", groups: groups),
            mayUse: { _, path in !unusable.contains(path) }
        ) { $0 == "/etc/passwords" ? [passwords] : [] }.findings
    }

    private static func expect(
        _ findings: [Finding], _ severity: Finding.Severity, _ words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = findings.contains { $0.severity == severity && $0.text.contains(words) }
        #expect(found, "\(words): \(findings)", sourceLocation: sourceLocation)
    }

    private static let redirect = "fastcgi_param REMOTISAN_LOG_REDIRECT /remotisan-logs;"

    @Test func `files that agree with the instance are ok`() {
        for location in ["^~ /remotisan/", "/remotisan", "^~ /remotisan", "/", "~ ^/re"] {
            let findings = Self.nginx(location: location, parameters: Self.redirect)
            #expect(findings.map(\.severity) == [.ok], "\(location): \(findings)")
        }
        #expect(NginxConfiguration.user(in: "user nobody x; # user y;\nhttp { }") == "nobody")
        #expect(NginxConfiguration.user(in: "http { }") == nil)
    }

    @Test func `a location of nginx that differs from url is found`() {
        for location in ["^~ /remotisan/", "/remotisan/"] {
            let findings = Self.nginx(location: location, url: "tools/ops")
            Self.expect(findings, .problem, "location /remotisan/ passes requests")
            Self.expect(findings, .problem, "location ^~ /tools/ops/, or set url to remotisan")
        }
        #expect(Self.nginx(location: "/tools/", url: "tools/ops").map(\.severity) == [.ok])
    }

    @Test func `a name of the example is found`() {
        Self.expect(Self.nginx(name: "a.lab remotisan.example.com"), .warning, "still remotisan.example.com")
    }

    @Test func `logs that nginx cannot send are found`() {
        Self.expect(Self.nginx(parameters: Self.redirect, logs: ""), .problem, "no location of that name has an alias")
        let other = "location ^~ /remotisan-logs/ { alias /var/old/; }"
        Self.expect(Self.nginx(parameters: Self.redirect, logs: other), .problem, "sends logs from /var/old/")
        let closed = Self.nginx(parameters: Self.redirect, unusable: ["/srv/logs/"])
        Self.expect(closed, .problem, "nginx's user may not enter /srv/logs/")
    }

    @Test func `a file of passwords that nginx cannot read is found`() {
        Self.expect(Self.nginx(unusable: ["/etc/passwords"]), .problem, "may not read the file of passwords")
    }

    @Test func `a group of nginx that no role names is found`() {
        let maps = """
            map $remote_user $known { default ""; ann support; bob devopps,support; }
            map $realm $groups { default $known; off ""; }
            """
        let findings = Self.nginx(maps: maps, groups: ["support", "devops"])
        Self.expect(findings, .warning, "gives people the group devopps, which no role names")
        Self.expect(findings, .warning, "Did you mean devops?")
        #expect(findings.filter { $0.subject == "groups" }.count == 1)
        #expect(Self.nginx(maps: maps, groups: ["support", "devopps"]).map(\.severity) == [.ok])
    }

    @Test func `files of passwords and groups that Apache lacks or cannot read are found`() {
        let text = """
            ProxyPass /r "unix:/s|fcgi://x"
            RewriteMap remotisan_groups "txt:/etc/groups"
            RewriteMap others "txt:/etc/others"
            CGIPassAuth On
            AuthUserFile "/etc/passwords"
            RewriteRule ^ - [E=REMOTISAN_USER:%{REMOTE_USER},E=REMOTISAN_GROUPS:${remotisan_groups:%{REMOTE_USER}}]
            """
        func findings(_ files: [String: String], unreadable: String? = nil) -> [Finding] {
            ApacheCheck(
                files: [("/a", text)], identity: Self.identity, socket: "/s", groups: ["support"],
                read: { files[$0] }, mayRead: { $0 != unreadable }
            ).findings
        }
        let files = ["/etc/passwords": "ann:x", "/etc/groups": "# nobody none\nann support,devops\nbob\n"]
        let good = ["/etc/passwords": "ann:x", "/etc/groups": "ann support\n"]
        #expect(findings(good).map(\.severity) == [.ok])
        Self.expect(findings([:]), .problem, "the file of passwords /etc/passwords is missing")
        Self.expect(findings([:]), .problem, "the file of groups /etc/groups is missing")
        Self.expect(findings(good, unreadable: "/etc/passwords"), .problem, "may not read the file of passwords")
        Self.expect(findings(good, unreadable: "/etc/groups"), .problem, "may not read the file of groups")
        let unnamed = findings(files).filter { $0.severity != .ok }
        #expect(
            unnamed.count == 1 && unnamed[0].text.contains("/etc/groups gives people the group devops"), "\(unnamed)")
    }

    @Test func `a TCP socket is found, and one on which nothing listens`() {
        func check(_ path: String, _ connection: SocketCheck.Connection) -> [Finding.Severity] {
            SocketCheck(path: path, file: nil, connection: connection, webUser: nil, allowedUsers: []).findings
                .map(\.severity)
        }
        #expect(check("127.0.0.1:9000", .accepted) == [.warning])
        #expect(check("[::1]:9000", .refused) == [.problem, .warning])
        #expect(check("/run/a:b", .accepted) == [.problem])
    }
}
