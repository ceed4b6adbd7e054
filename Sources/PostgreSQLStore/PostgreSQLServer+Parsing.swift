import Core

extension PostgreSQLServer {
    package static let usage = """
        postgresql://[USER[:PASSWORD]@][HOST[:PORT][,…]][/DATABASE][?KEYWORD=VALUE&…] or libpq's \
        KEYWORD=VALUE KEYWORD=VALUE
        """

    /// Reads an address in either form of libpq (PostgreSQL's manual, 34.1.1).
    package init?(parsing text: String) throws(AddressError) {
        self.init()
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, ["postgresql", "postgres"].contains(parts[0]) {
            try read(address: parts[1])
        } else if parts.count == 1, text.contains("=") {
            try read(pairs: text)
        } else {
            return nil
        }
    }

    private mutating func read(address: Substring) throws(AddressError) {
        let (place, query) = Self.split(address, atFirst: "?")
        let (authority, path) = Self.split(place, atFirst: "/")
        var hosts = authority
        if let at = authority.lastIndex(of: "@") {
            let (user, password) = Self.split(authority[..<at], atFirst: ":")
            hosts = authority[authority.index(after: at)...]
            if !user.isEmpty { try set("user", Self.decoded(user)) }
            if !password.isEmpty { try set("password", Self.decoded(password.dropFirst())) }
        }
        if !hosts.isEmpty { try read(hosts: hosts) }
        if path.count > 1 { try set("dbname", Self.decoded(path.dropFirst())) }
        for pair in query.dropFirst().split(separator: "&") {
            let (keyword, value) = Self.split(pair, atFirst: "=")
            guard !value.isEmpty else { throw AddressError("a keyword after the ? has no value.") }
            let name = try Self.decoded(keyword)
            let decoded = try Self.decoded(value.dropFirst())
            // The form of JDBC, which libpq accepts, too.
            if name == "ssl", decoded == "true" { try set("sslmode", "require") } else { try set(name, decoded) }
        }
    }

    private mutating func read(hosts: Substring) throws(AddressError) {
        var names: [String] = []
        var ports: [String] = []
        for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            let isNumbered6 = host.hasPrefix("[")
            let end = isNumbered6 ? host.firstIndex(of: "]").map(host.index(after:)) : host.firstIndex(of: ":")
            let name = host[..<(end ?? host.endIndex)]
            let port = host[(end ?? host.endIndex)...]
            guard !isNumbered6 || name.hasSuffix("]"), port.isEmpty || port.hasPrefix(":") else {
                throw AddressError("expected \(Self.usage).")
            }
            names.append(try Self.decoded(isNumbered6 ? name.dropFirst().dropLast() : name))
            ports.append(String(port.dropFirst()))
        }
        if names != [""] { try set("host", names.joined(separator: ",")) }
        if ports.contains(where: { !$0.isEmpty }) { try set("port", ports.joined(separator: ",")) }
    }

    private mutating func read(pairs text: String) throws(AddressError) {
        var rest = text[...].drop(while: \.isWhitespace)
        while !rest.isEmpty {
            let keyword = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest[keyword.endIndex...].drop(while: \.isWhitespace)
            guard rest.popFirst() == "=" else {
                throw AddressError("expected KEYWORD=VALUE. Put a value with spaces into '…'.")
            }
            rest = rest.drop(while: \.isWhitespace)
            let isQuoted = rest.first == "'"
            if isQuoted { rest.removeFirst() }
            var value = ""
            var isOpen = isQuoted
            while let character = rest.first, isQuoted ? isOpen : !character.isWhitespace {
                rest.removeFirst()
                if isQuoted, character == "'" {
                    isOpen = false
                } else if character == "\\" {
                    if let next = rest.popFirst() { value.append(next) }
                } else {
                    value.append(character)
                }
            }
            guard !isOpen else { throw AddressError("a ' at the end of a value is missing.") }
            try set(String(keyword), value)
            rest = rest.drop(while: \.isWhitespace)
        }
    }

    private mutating func set(_ keyword: String, _ value: String) throws(AddressError) {
        guard !value.utf8.contains(0) else { throw AddressError("contains a NUL character.") }
        if keyword == "password" {
            password = value.isEmpty ? nil : Password(value)
            return
        }
        guard Self.keywords.contains(keyword) else { throw Self.unknown(keyword) }
        if keyword == "port" {
            let ports = value.split(separator: ",")
            guard ports.allSatisfy({ UInt16($0).map { $0 > 0 } ?? false }) else {
                throw AddressError("expected a port from 1 to 65535.")
            }
        }
        settings.removeAll { $0.keyword == keyword }
        settings.append(Setting(keyword: keyword, value: value))
    }

    /// An unknown keyword is suggested only if it resembles a known one, because it may be a part of a password.
    private static func unknown(_ keyword: String) -> AddressError {
        let near = keywords.min { ($0.editDistance(to: keyword), $0) < ($1.editDistance(to: keyword), $1) }
        guard let near, near.editDistance(to: keyword) <= 2 else {
            return AddressError("contains a keyword that libpq does not know.")
        }
        return AddressError("contains a keyword that libpq does not know. Did you mean \(near)?")
    }

    private static func split(_ text: Substring, atFirst mark: Character) -> (Substring, Substring) {
        let index = text.firstIndex(of: mark) ?? text.endIndex
        return (text[..<index], text[index...])
    }

    private static func decoded(_ text: Substring) throws(AddressError) -> String {
        guard let decoded = PercentEncoding.decode(text.utf8) else {
            throw AddressError("contains a % that does not encode a character.")
        }
        return decoded
    }
}
