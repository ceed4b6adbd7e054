import Foundation
import Glibc
import Shipped
import TestSupport
import Testing

@testable import Core

/// The files of `export`: those of the repository with the paths of an instance.
@Suite struct ExportTests {
    private static let kinds = ["config", "nginx", "apache", "systemd", "cron"]

    @Test func `the embedded files are those of the repository`() throws {
        var files: [String: [UInt8]] = [:]
        for kind in Self.kinds {
            let folder = "\(Places.repository)/\(kind)"
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
            where FileFacts("\(folder)/\(name)")?.kind == .file {
                files["\(kind)/\(name)"] = ProcessFacts.read("\(folder)/\(name)")
            }
        }
        #expect(ShippedFiles.files.keys.sorted() == files.keys.sorted())
        for (path, bytes) in files {
            let isTheSame = ShippedFiles.files[path] == bytes
            #expect(isTheSame, "\(path)")
        }
    }

    @Test func `the default paths change nothing`() {
        for kind in Self.kinds {
            for (name, bytes) in ShippedFiles.filled(kind, ShippedFiles.Places()) {
                #expect(ShippedFiles.files["\(kind)/\(name)"] == bytes, "\(kind)/\(name)")
            }
        }
    }

    @Test func `the paths of an instance replace the defaults everywhere`() {
        let places = ShippedFiles.Places(
            configuration: "/srv/ops/remotisan.yaml", storage: "/srv/ops/data", logs: "/srv/logs",
            socket: "/run/ops.sock", url: "tools/ops", programs: "/opt/bin", account: "deploy")
        func text(_ kind: String, _ name: String) -> String {
            String(decoding: ShippedFiles.filled(kind, places)[name] ?? [], as: UTF8.self)
        }
        let location = text("nginx", "remotisan.location.conf")
        for line in [
            "location = /tools/ops {", "rewrite ^ /tools/ops/ last;", "location ^~ /tools/ops/ {",
            "fastcgi_pass unix:/run/ops.sock;", "alias /srv/logs/;", "location ^~ /tools/ops-logs/ {",
            "location = /tools/ops-errors/too-large {", "error_page 413 /tools/ops-errors/too-large;",
            "fastcgi_param REMOTISAN_LOG_REDIRECT /tools/ops-logs;",
            "#fastcgi_param REMOTISAN_INSTANCE_REDIRECT /tools/ops-instances;",
        ] { #expect(location.contains(line), "\(line)") }
        #expect(!location.contains("/remotisan-"))
        let instances = text("nginx", "instances.conf")
        #expect(instances.contains("location ^~ /tools/ops-instances/ {"))
        #expect(instances.contains("location ~ ^/tools/ops-instances/(?<remotisan_owner>"))
        #expect(text("nginx", "example-auth-basic.conf").contains("location ^~ /tools/ops {"))
        #expect(
            text("apache", "mod_proxy_fcgi.conf")
                .contains("ProxyPass \"/tools/ops\" \"unix:/run/ops.sock|fcgi://remotisan/tools/ops\""))
        #expect(text("apache", "mod_fcgid.conf").contains("ScriptAlias \"/tools/ops\" \"/opt/bin/remotisan-fcgi\""))
        #expect(
            text("cron", "remotisan").contains(
                "* * * * * deploy /opt/bin/remotisan-broker watch --for 55 --config /srv/ops/remotisan.yaml"))
        let unit = text("systemd", "remotisan.service")
        #expect(unit.contains("\n    /opt/bin/remotisan-fcgi --config /srv/ops/remotisan.yaml\n"))
        #expect(unit.contains("User=deploy\nGroup=deploy\n"))
        #expect(text("systemd", "remotisan.socket").contains("ListenStream=/run/ops.sock\n"))
        #expect(text("systemd", "tmpfiles.conf").contains("d /srv/ops/data      0750 :deploy :deploy -"))
        // This drop-in is for a responder that the web server starts, so it names the web server's user.
        #expect(text("systemd", "drop-ins/broker-as-web-server.conf").contains("User=www-data\nGroup=www-data\n"))
        #expect(text("config", "remotisan.yaml").contains("\nstorage: /srv/ops/data\n"))
        #expect(text("config", "remotisan.yaml").contains("\nurl: tools/ops\n"))
        #expect(text("config", "run-as.conf").contains("\nservice deploy\n"))
        #expect(location.contains("    alias /srv/logs/;\n") && location.contains("    disable_symlinks on;\n"))
        for name in ["mod_proxy_fcgi.conf", "mod_fcgid.conf", "mod_cgid.conf"] {
            let directory = "<Directory \"/srv/logs\">\n    Options -FollowSymLinks\n"
            #expect(text("apache", name).contains(directory), "\(name)")
        }
    }

    @Test func `exported nginx files pass nginx's test and serve the page`() async throws {
        try await Installation.run(.nginx) { installation in
            let server = installation.work + "/published"
            let output = try await installation.broker("export", "nginx", server, "--socket", installation.socket)
            #expect(output.status == 0, "\(output.out)\(output.errors)")
            let port = Ports.take()
            // As an administrator does: copies to /etc/nginx, a password file, a port.
            let site = try String(contentsOfFile: server + "/example-auth-basic.conf", encoding: .utf8)
                .replacing("/etc/nginx/snippets/", with: server + "/")
                .replacing("/etc/nginx/remotisan.htpasswd", with: installation.directory + "/server/htpasswd")
                .replacing("listen 80;", with: "listen 127.0.0.1:\(port);").replacing("listen [::]:80;", with: "")
            try site.write(toFile: server + "/site.conf", atomically: false, encoding: .utf8)
            let own = installation.directory + "/server"
            let configuration = try String(contentsOfFile: own + "/nginx.conf", encoding: .utf8)
                .replacing("\(own)/", with: "\(server)/")
            try configuration.write(toFile: server + "/nginx.conf", atomically: false, encoding: .utf8)
            let nginx = ["/usr/sbin/nginx", "-e", server + "/error.log", "-c", server + "/nginx.conf"]
            let test = try installation.spawn(nginx + ["-t"], output: "nginx-test.log", asService: false)
            #expect(try await test.ended() == .code(0))
            try installation.spawn(nginx, output: "published.log", asService: false)
            try await waitUntil("the published server") {
                let request = HTTPRequest(target: "/remotisan/commands", headers: [Visitor.basic("ann")])
                let reply = try? await request.sent(to: port)
                return reply?.status == 200 && reply?.text.contains("\"greet\"") == true
            }
        }
    }

    @Test func `existing files are kept unless forced`() async throws {
        try await Installation.run(.nginx) { installation in
            let directory = installation.work + "/units"
            #expect(try await installation.broker("export", "systemd", directory).status == 0)
            let unit = directory + "/remotisan.service"
            try "mine".write(toFile: unit, atomically: false, encoding: .utf8)
            let again = try await installation.broker("export", "systemd", directory)
            #expect(again.out.contains("kept: remotisan.service\n"))
            #expect(ProcessFacts.read(unit) == Array("mine".utf8))
            let forced = try await installation.broker("export", "systemd", directory, "--force")
            #expect(!forced.out.contains("kept"))
            let text = String(decoding: ProcessFacts.read(unit), as: UTF8.self)
            #expect(text.contains("--config \(installation.configuration)\n"))
            #expect(text.contains("\n    \(Places.programs)/remotisan-fcgi"))
        }
    }

    @Test(arguments: ["a.b", "remotisan-logs", "remotisan/remotisan", "logs", "x/remotisan-errors"])
    func `a url that contains other names is filled in once`(_ url: String) {
        let files = ShippedFiles.filled("nginx", ShippedFiles.Places(url: url))
        let location = String(decoding: files["remotisan.location.conf"] ?? [], as: UTF8.self)
        let instances = String(decoding: files["instances.conf"] ?? [], as: UTF8.self)
        for line in ["location = /\(url) {", "location ^~ /\(url)/ {", "location ^~ /\(url)-logs/ {"] {
            #expect(location.split(separator: "\n").filter { $0 == line }.count == 1, "\(line)")
        }
        #expect(instances.contains("location ~ ^/\(url.replacing(".", with: "\\."))-instances/(?<"))
        #expect(!location.contains("\0"))
    }
}
