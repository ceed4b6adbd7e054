extension ShippedFiles {
    /// Places of an instance, in the stead of those that the files are shipped with.
    package struct Places: Sendable {
        /// The configuration's file.
        package var configuration: String
        /// The storage.
        package var storage: String
        /// The directory of the logs.
        package var logs: String
        /// Where the responder listens.
        package var socket: String
        /// First part of every path, without slashes.
        package var url: String
        /// The directory of the three programs.
        package var programs: String
        /// User and group of the service.
        package var account: String

        /// Creates places; those that are left out are the files' own.
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

    /// The files of a directory by name, with the places of an instance.
    package static func filled(_ directory: String, _ places: Places) -> [String: [UInt8]] {
        var filled: [String: [UInt8]] = [:]
        for (path, bytes) in files where path.hasPrefix(directory + "/") {
            let name = String(path.dropFirst(directory.count + 1))
            filled[name] = Array(fill(String(decoding: bytes, as: UTF8.self), in: directory, places).utf8)
        }
        return filled
    }

    private static func fill(_ text: String, in directory: String, _ places: Places) -> String {
        let standard = Places()
        var text = text
        // The longer of two that begin alike comes first.
        let changes = [
            (standard.configuration, places.configuration), (standard.logs, places.logs),
            (standard.storage, places.storage), (standard.socket, places.socket),
            (standard.programs + "/remotisan-", places.programs + "/remotisan-"),
        ]
        for (index, change) in changes.enumerated() { text.replace(change.0, with: "\u{0}\(index)\u{0}") }
        switch directory {
        case "nginx", "apache":
            // Whole paths: /remotisan-logs and the like are names inside the web server, and stay.
            let marks = [
                ("location = /", " {"), ("location ^~ /", " {"), ("location ^~ /", "/ {"), ("rewrite ^ /", "/ last"),
                ("<Location \"/", "\">"), ("ScriptAlias \"/", "\" "), ("ProxyPass \"/", "\" "),
                ("fcgi://remotisan/", "\""),
            ]
            for (begin, end) in marks {
                text.replace(begin + standard.url + end, with: begin + places.url + end)
            }
        case "systemd", "cron":
            for mark in ["User=", "Group=", "* * * * * ", "0750 ", "0750 \(places.account) "] {
                text.replace(mark + standard.account, with: mark + places.account)
            }
        default:
            if places.url != standard.url { text.replace("#url: \(standard.url)", with: "url: \(places.url)") }
        }
        for (index, change) in changes.enumerated() { text.replace("\u{0}\(index)\u{0}", with: change.1) }
        return text
    }
}
