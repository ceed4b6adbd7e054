extension ShippedFiles {
    /// The paths and names of an instance, which replace those in the shipped files.
    package struct Places: Sendable {
        /// The configuration file.
        package var configuration: String
        package var storage: String
        /// The directory of the logs.
        package var logs: String
        /// The responder's Unix socket.
        package var socket: String
        /// The configured `url`, without slashes at its ends.
        package var url: String
        /// The directory of the three programs.
        package var programs: String
        /// The user of the service, and its group.
        package var account: String

        /// Creates places. The defaults are those in the shipped files.
        package init(
            configuration: String = "/etc/remotisan/remotisan.yaml", storage: String = "/var/lib/remotisan",
            logs: String = "/var/lib/remotisan/logs", socket: String = "/run/remotisan/remotisan.sock",
            url: String = "remotisan", programs: String = "/usr/bin", account: String = "www-data"
        ) {
            self.configuration = configuration
            self.storage = storage
            self.logs = logs
            self.socket = socket
            self.url = url
            self.programs = programs
            self.account = account
        }
    }

    /// The shipped files of a directory by name, adapted to an instance.
    package static func filled(_ directory: String, _ places: Places) -> [String: [UInt8]] {
        var filled: [String: [UInt8]] = [:]
        for (path, bytes) in files where path.hasPrefix(directory + "/") {
            let name = String(path.dropFirst(directory.count + 1))
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            filled[name] = Array(fill(String(decoding: bytes, as: UTF8.self), in: folder, places).utf8)
        }
        return filled
    }

    private static func fill(_ text: String, in directory: String, _ places: Places) -> String {
        let standard = Places()
        var text = text
        // The path of the logs begins with that of the storage, so it is replaced first.
        let changes = [
            (standard.configuration, places.configuration), (standard.logs, places.logs),
            (standard.storage, places.storage), (standard.socket, places.socket),
            (standard.programs + "/remotisan-", places.programs + "/remotisan-"),
        ]
        // Names of nginx's internal locations. They begin with `url`, because nginx refuses a nested location that is
        // outside of the location around it. In a regular expression a dot is escaped.
        let inner = ["logs", "errors", "instances"].flatMap { name in
            let url = places.url + "-" + name
            return [
                ("^/remotisan-\(name)", "^/" + url.replacing(".", with: "\\.")), ("/remotisan-\(name)", "/" + url),
            ]
        }
        // Marks stand for the new texts until all are replaced, because a new text may contain an old one.
        for (index, change) in (changes + (directory == "nginx" ? inner : [])).enumerated() {
            text.replace(change.0, with: "\u{0}\(index)\u{0}")
        }
        switch directory {
        case "nginx", "apache":
            // Only whole paths are replaced, because other names contain the same word.
            let marks = [
                ("location = /", " {"), ("location ^~ /", " {"), ("location ^~ /", "/ {"), ("rewrite ^ /", "/ last"),
                ("<Location \"/", "\">"), ("ScriptAlias \"/", "\" "), ("ProxyPass \"/", "\" "),
                ("fcgi://remotisan/", "\""),
            ]
            for (begin, end) in marks {
                text.replace(begin + standard.url + end, with: begin + places.url + end)
            }
        case "systemd", "cron":
            // Not SocketUser=, which is the web server.
            for mark in [
                "\nUser=", "\nGroup=", "* * * * * ", "0750 :", "0750 :\(places.account) :", "\nu ", "\nm www-data ",
            ] {
                text.replace(mark + standard.account, with: mark + places.account)
            }
        default:
            text.replace("\nservice \(standard.account)\n", with: "\nservice \(places.account)\n")
            if places.url != standard.url { text.replace("#url: \(standard.url)", with: "url: \(places.url)") }
        }
        for (index, change) in (changes + inner).enumerated() { text.replace("\u{0}\(index)\u{0}", with: change.1) }
        return text
    }
}
