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
        let files = HostFiles(etc: etc)
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
        // A web server that starts the responder.
        let starters =
            (apache.startsResponder ? [("Apache", "apache2.service")] : [])
            + (nginx?.startsResponder ?? false ? [("fcgiwrap", "fcgiwrap.service")] : [])
        var web = (nginx?.findings ?? []) + apache.findings
        if web.isEmpty {
            let advice = "No file below \(etc) passes requests to \(socket). Install a shipped file for the web server."
            web = [.warning("web server", advice)]
        }
        let isWebServerKnown = nginx != nil || !apache.findings.isEmpty
        let file = FileFacts(socket)
        // nginx and mod_proxy_fcgi connect to the socket. Where a web server starts the responder there is none.
        let needsSocket = starters.isEmpty || nginx?.usesSocket ?? false
        let socketFindings =
            !needsSocket
            ? []
            : SocketCheck(
                path: socket, file: file, directory: FileFacts((socket as NSString).deletingLastPathComponent),
                isHidden: FileFacts.isHidden(socket),
                connection: file == nil && !SocketCheck.isTCP(socket) ? nil : SocketProbe.connect(socket),
                webUser: isWebServerKnown ? account : nil,
                allowedUsers: configuration.allowedSocketUsers, owner: FileFacts(configuration.storage)?.owner
            ).findings
        let services = ServiceProcessCheck(
            configuration: configuration.path, owner: FileFacts(configuration.storage)?.owner)
        // A socket of systemd accepts connections although the responder cannot start.
        let unitFindings =
            services.hasResponder ? [] : ResponderUnitCheck(in: geteuid() == 0 ? "/run" : "/tmp")?.findings ?? []
        let own = UnitCheck(files: files.unit("remotisan.service"), hasOtherUsers: configuration.hasOtherUsers)
        findings =
            web + socketFindings + services.findings + unitFindings + own.findings
            + starters.flatMap { server, unit in
                UnitCheck(files: files.unit(unit), webServer: server).findings
            }
    }
}
