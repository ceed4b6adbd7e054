import Foundation
import Testing

/// A real web server with one of the shipped files. Only paths and ports are changed.
enum WebServer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case nginx
    case apacheProxy
    case apacheFastCGI
    case apacheCGI

    var testDescription: String {
        switch self {
        case .nginx: "nginx, FastCGI"
        case .apacheProxy: "Apache, mod_proxy_fcgi"
        case .apacheFastCGI: "Apache, mod_fcgid"
        case .apacheCGI: "Apache, mod_cgid"
        }
    }

    /// Whether it starts the responder itself.
    var startsResponder: Bool { self == .apacheFastCGI || self == .apacheCGI }

    /// Writes its configuration.
    ///
    /// - Returns: The command that starts it in the foreground.
    func prepare(_ places: ServerPlaces) throws -> [String] {
        try FileManager.default.createDirectory(atPath: places.server, withIntermediateDirectories: true)
        try places.write("htpasswd", Self.passwords)
        return self == .nginx ? try prepareNginx(places) : try prepareApache(places)
    }

    /// `NAME / NAME`, hashed in a form that both servers understand.
    private static let passwords = """
        ann:{SHA}dEy5qfs9VYN0TqPs6bTYGdkL3uI=
        bob:{SHA}SBgazSKz7a68ikR4aKfffOYpkgo=
        carol:{SHA}KLkrVu5kuS67cthl8XLvAMcI34M=
        dave:{SHA}v83z5sps70VUO/u1dQnJKuyaOfs=

        """

    private func prepareNginx(_ places: ServerPlaces) throws -> [String] {
        try places.fill("nginx/remotisan.location.conf", as: "remotisan.location.conf")
        try places.fill(places.site, as: "site.conf")
        let configuration = try places.write(
            "nginx.conf",
            """
            daemon off;
            \(ServiceAccount.isSeparate ? "user \(ServiceAccount.name);" : "")
            pid \(places.server)/pid;
            error_log \(places.server)/error.log;
            worker_processes 1;
            events {}
            http {
                access_log \(places.server)/access.log;
                client_body_temp_path \(places.server)/body;
                fastcgi_temp_path \(places.server)/fastcgi;
                proxy_temp_path \(places.server)/proxy;
                scgi_temp_path \(places.server)/scgi;
                uwsgi_temp_path \(places.server)/uwsgi;
                include \(places.server)/site.conf;
            }
            """)
        return ["/usr/sbin/nginx", "-e", "\(places.server)/error.log", "-c", configuration]
    }

    private func prepareApache(_ places: ServerPlaces) throws -> [String] {
        let (file, modules) =
            switch self {
            case .apacheProxy: ("apache/mod_proxy_fcgi.conf", ["proxy", "proxy_fcgi"])
            case .apacheFastCGI: ("apache/mod_fcgid.conf", ["alias", "fcgid"])
            default: ("apache/mod_cgid.conf", ["alias", "env", "cgid"])
            }
        try places.fill(file, as: "site.conf")
        try places.write("groups", "ann support\nbob devops\ncarol support,devops\n")
        let common = [
            "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "rewrite",
        ]
        let load = (common + modules).map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }
        let configuration = try places.write(
            "apache.conf",
            """
            ServerRoot \(places.server)
            ServerName localhost
            Listen 127.0.0.1:\(places.port)
            PidFile \(places.server)/pid
            ErrorLog \(places.server)/error.log
            DefaultRuntimeDir \(places.runtime)
            Mutex file:\(places.runtime) default
            \(ServiceAccount.isSeparate ? "User \(ServiceAccount.name)\nGroup \(ServiceAccount.name)" : "")
            \(load.joined(separator: "\n"))
            StartServers 1
            ThreadsPerChild 25
            MaxRequestWorkers 50
            <IfModule fcgid_module>
                FcgidIPCDir \(places.runtime)
                FcgidProcessTableFile \(places.runtime)/fcgid
            </IfModule>
            <IfModule cgid_module>
                ScriptSock \(places.runtime)/cgid
            </IfModule>
            Include \(places.server)/site.conf

            """)
        return ["/usr/sbin/apache2", "-f", configuration, "-DFOREGROUND", "-k", "start"]
    }
}
