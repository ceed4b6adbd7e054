/// Reads `kill_list` and what belongs to it.
extension ConfigurationSection {
    func readKillList() -> KillListAddress {
        let file = absolutePath("kill_list_password_file")
        let address: KillListAddress
        do {
            address = try KillListAddress(parsing: string("kill_list") ?? "database")
        } catch {
            problem(error.message, at: "kill_list")
            return .database
        }
        guard let file else { return address }
        guard case .redis(var server) = address else {
            problem("only Redis takes a password; kill_list is none.", at: "kill_list_password_file")
            return address
        }
        if server.password != nil {
            problem("kill_list holds a password already; one of them is enough.", at: "kill_list_password_file")
        }
        server.passwordFile = file
        return .redis(server)
    }

    /// What comes before the instance in the name of its kill list: `kill_switch_key_prefix` and `environment`.
    func readKillListName() -> String {
        let parts = [("kill_switch_key_prefix", "remotisan:killing"), ("environment", "production")]
        return parts.map { key, fallback in
            let text = string(key) ?? fallback
            // A key of memcached has 250 bytes at the most and neither spaces nor control characters.
            if text.isEmpty || text.utf8.count > 100 || text.harmless != text || text.contains(where: \.isWhitespace) {
                problem("expected 1 to 100 bytes without spaces: it is part of a key of the kill list.", at: key)
            }
            return text
        }.joined(separator: ":")
    }
}
