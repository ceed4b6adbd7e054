import Core
import Foundation
import Glibc

/// The checks of `doctor` outside the instance: web server, socket, cron and systemd.
struct HostChecks {
    /// The files of cron that start the broker.
    let cron: [String]
    /// The systemd unit that is enabled to start the broker; nil if there is none.
    let unit: String?
    let findings: [Finding]

    init(_ configuration: Configuration, etc: String, socket: String) {
        let files = Files(etc: etc)
        cron = (files.matching("cron.d/*") + files.matching("crontab")).filter { path in
            files.text(path).split(separator: "\n").contains {
                !$0.hasPrefix("#") && $0.firstMatch(of: #/remotisan-broker (watch|run)\b/#) != nil
            }
        }
        unit = ["remotisan-broker.service", "remotisan-broker.timer"].first {
            !files.matching("systemd/system/*.wants/\($0)").isEmpty
        }
        let identity = configuration.identity
        let main = files.matching("nginx/nginx.conf").first.map(files.text)
        let account = Account(named: main.flatMap { NginxConfiguration.user(in: $0) } ?? "www-data")
        let groups = Set(configuration.roles.values.flatMap(\.groups))
        let nginx = main.map { main in
            NginxCheck(
                main, identity: identity, socket: socket, names: configuration.namedUsers,
                instance: .init(
                    url: configuration.url, logs: configuration.logger.path ?? configuration.storage + "/logs",
                    groups: groups), mayUse: { account?.may($0, $1) }
            ) { pattern in
                files.matching(pattern.hasPrefix("/") ? pattern : "nginx/" + pattern).map(files.text)
            }
        }
        let apacheUser = Account(named: "www-data")
        let apache = ApacheCheck(
            files: ["apache2/apache2.conf", "apache2/conf-enabled/*", "apache2/sites-enabled/*"]
                .flatMap(files.matching).map { ($0, files.text($0)) },
            identity: identity, socket: socket, groups: groups,
            read: { path in files.matching(path).first.map(files.text) },
            mayRead: { apacheUser?.may(R_OK, $0) })
        // The first one that exists is used, systemd.unit(5).
        let units = (["systemd/system"] + Self.unitDirectories).map { "\($0)/remotisan.service" }
            .flatMap(files.matching).prefix(1)
        let dropIns =
            units.isEmpty
            ? []
            : (Self.unitDirectories.reversed() + ["systemd/system"]).flatMap {
                files.matching("\($0)/remotisan.service.d/*.conf")
            }
        var web = (nginx?.findings ?? []) + apache.findings
        if web.isEmpty {
            let advice = "No file below \(etc) passes requests to \(socket). Install a shipped file for the web server."
            web = [.warning("web server", advice)]
        }
        let isWebServerKnown = nginx != nil || !apache.findings.isEmpty
        let file = FileFacts(socket)
        // nginx and mod_proxy_fcgi connect to the socket. Under mod_fcgid and mod_cgid there is none.
        let needsSocket = !apache.startsResponder || nginx?.findings.isEmpty == false
        let socketFindings =
            !needsSocket
            ? []
            : SocketCheck(
                path: socket, file: file, directory: FileFacts((socket as NSString).deletingLastPathComponent),
                connection: file == nil && !SocketCheck.isTCP(socket) ? nil : SocketProbe.connect(socket),
                webUser: isWebServerKnown ? account : nil,
                allowedUsers: configuration.allowedSocketUsers, owner: FileFacts(configuration.storage)?.owner
            ).findings
        let services = ServiceProcessCheck(
            configuration: configuration.path, owner: FileFacts(configuration.storage)?.owner)
        // A socket of systemd accepts connections although the responder cannot start.
        let unitFindings =
            services.hasResponder ? [] : ResponderUnitCheck(in: geteuid() == 0 ? "/run" : "/tmp")?.findings ?? []
        findings =
            web + socketFindings + services.findings + unitFindings
            + UnitCheck(
                files: (units + dropIns).map { ($0, files.text($0)) }, hasOtherUsers: configuration.hasOtherUsers
            ).findings
    }

    /// Directories of units besides that of the administrator, in the order in which systemd searches them.
    private static let unitDirectories = [
        "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ]

    /// Reads files below `etc`, so that a test can pass a directory of its own.
    private struct Files: Sendable {
        let etc: String

        /// The paths that match a glob pattern, sorted. A relative pattern and one below /etc/ are searched below
        /// `etc`.
        func matching(_ pattern: String) -> [String] {
            var pattern = pattern.hasPrefix("/etc/") ? String(pattern.dropFirst(5)) : pattern
            if !pattern.hasPrefix("/") { pattern = "\(etc)/\(pattern)" }
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(pattern, 0, nil, &found) == 0 else { return [] }
            return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
        }

        func text(_ path: String) -> String {
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }
}
