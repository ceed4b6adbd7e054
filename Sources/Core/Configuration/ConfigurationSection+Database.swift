/// Reads `database` and what belongs to it.
extension ConfigurationSection {
    func readDatabase() -> Configuration.Database {
        let text = string("database") ?? "sqlite"
        let file = absolutePath("database_password_file")
        guard text != "sqlite" else {
            if file != nil { problem("sqlite takes no password.", at: "database_password_file") }
            return .sqlite
        }
        do {
            var server = try PostgreSQLServer(parsing: text)
            if file != nil, server.password != nil {
                problem("database holds a password already; one of them is enough.", at: "database_password_file")
            }
            server.passwordFile = file
            return .postgresql(server)
        } catch {
            problem(error.message, at: "database")
            return .sqlite
        }
    }
}
