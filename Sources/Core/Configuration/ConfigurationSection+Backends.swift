extension ConfigurationSection {
    /// Reads `database` and `database_password_file`.
    func readDatabase(_ backends: Backends) -> any StoreBackend {
        let text = string("database")
        guard let text else { return withPassword(backends.defaultStore) }
        do throws(AddressError) {
            for backend in backends.stores {
                if let store = try backend.init(parsing: text) { return withPassword(store) }
            }
            problem("expected \(backends.stores.map { $0.usage }.joined(separator: ", or ")).", at: "database")
        } catch {
            problem(error.message, at: "database")
        }
        return backends.defaultStore
    }

    private func withPassword(_ store: any StoreBackend) -> any StoreBackend {
        var store = store
        if let file = absolutePath("database_password_file") {
            do throws(AddressError) { try store.use(passwordFile: file) } catch {
                problem(error.message, at: "database_password_file")
            }
        }
        return store
    }

    /// Reads `kill_list` and `kill_list_password_file`; nil for `database`.
    func readKillList(_ backends: Backends) -> (any KillListBackend)? {
        let text = string("kill_list") ?? "database"
        let file = absolutePath("kill_list_password_file")
        guard text != "database" else {
            if file != nil {
                problem("has no effect without a kill_list of its own. Remove it.", at: "kill_list_password_file")
            }
            return nil
        }
        do throws(AddressError) {
            for backend in backends.killLists {
                guard var list = try backend.init(parsing: text) else { continue }
                if let file {
                    do throws(AddressError) { try list.use(passwordFile: file) } catch {
                        problem(error.message, at: "kill_list_password_file")
                    }
                }
                return list
            }
            problem(
                "expected database, \(backends.killLists.map { $0.usage }.joined(separator: ", ")).", at: "kill_list")
        } catch {
            problem(error.message, at: "kill_list")
        }
        return nil
    }

    /// The first part of the key of each kill list, made of `kill_switch_key_prefix` and `environment`.
    func readKillListName() -> String {
        let parts = [("kill_switch_key_prefix", "remotisan:killing"), ("environment", "production")]
        return parts.map { key, fallback in
            let text = string(key) ?? fallback
            // A memcached key has at most 250 bytes, and neither spaces nor control characters (its protocol.txt).
            if text.isEmpty || text.utf8.count > 100 || text.sanitized != text || text.contains(where: \.isWhitespace) {
                problem(
                    "expected 1 to 100 bytes without spaces, because it is part of a key of the kill list.", at: key)
            }
            return text
        }.joined(separator: ":")
    }
}
