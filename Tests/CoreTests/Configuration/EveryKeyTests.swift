import Testing

@testable import Core

/// Reads a configuration that sets every key.
struct EveryKeyTests {
    private static let allKeys = """
        url: /tools/ops/
        public_url: https://ops.example.com/tools/ops/
        storage: /srv/remotisan
        instance: { name: ops-1, address: "10.0.0.1:80", gone_after: 10m }
        logger: { path: /srv/logs, max_bytes: 64MiB }
        database: sqlite
        kill_list: database
        kill_switch_key_prefix: "remotisan:killing"
        environment: production
        allow_process_kill: false
        kill: { signals: [SIGTERM, int], grace: 250ms }
        super_users: [carol@example.com]
        history: { max_records: 500, should_scope: true, keep: 180d }
        identity:
          { user: SSL_CLIENT_S_DN_CN, groups: HTTP_X_GROUPS, trusted_headers: [HTTP_X_GROUPS], groups_separator: "|",
            ignore_case: true }
        jwt:
          { key_file: /etc/keys, algorithms: [RS256, EdDSA], issuer: i, audience: a, user_claim: email,
            groups_claim: roles, leeway: 5s }
        tokens: { max_age: 90d }
        metrics: [MONITOR]
        threads: 16
        allowed_socket_users: [root, 4242]
        page_directory: /srv/page
        roles:
          TECH_SUPPORT: { groups: [support] }
          MONITOR: { tokens_only: true }
          DEV_OPS: { users: [carol@example.com], claims: { dept: [ops, dev] },
            cgi_variables: { SSL_CLIENT_VERIFY: SUCCESS } }
        commands:
          max_params_chars_length: 100
          directory: /var/www/app
          environment: { APP_ENV: production, SHARED: a }
          categories: [{ name: Other }, { name: Disks, icon: database, colour: green }]
          allowed:
            "cache:clear": { roles: [TECH_SUPPORT, DEV_OPS], run: [php, artisan, "cache:clear"] }
            "disk-usage":
              roles: ["*"]
              run: [df, -h]
              directory: /
              environment: { SHARED: b }
              description: Free space on every file system
              help: Long text
              timeout: 90500ms
              max_running: 1
              max_running_scope: all
              when_full: queue
              max_queued: 7
              kill: { signals: [HUP], grace: 1s, run: [end, "{pid}"], roles: [DEV_OPS] }
              view: [TECH_SUPPORT]
              remaining_processes: kill
              confirm: Really?
              title: Disk usage
              category: Disks
              terminal: true
              columns: 100
              rows: 30
              umask: "022"
              nice: 5
              limits: { open_files: 64, memory: 1GiB, processes: 100, cpu_seconds: 60, file_size: 1MiB }
              success_exit_codes: [0, 3]
              encoding: windows-1252

        """

    private static func expectAllKeys(_ configuration: Configuration) throws {
        #expect(configuration.url == "tools/ops")
        #expect(configuration.publicURL == "https://ops.example.com/tools/ops")
        #expect(configuration.storage == "/srv/remotisan")
        #expect(configuration.instance.name == "ops-1")
        #expect(configuration.instance.goneAfter == 600)
        #expect(configuration.instance.address == InstanceAddress("10.0.0.1:80"))
        #expect(configuration.logger.path == "/srv/logs")
        #expect(configuration.logger.maxBytes == 64 << 20)
        #expect(!configuration.allowProcessKill)
        #expect(configuration.kill == KillPlan(signals: [.terminate, .interrupt], graceMilliseconds: 250))
        #expect(configuration.superUsers == ["carol@example.com"])
        #expect(configuration.history.maxRecords == 500)
        #expect(configuration.history.shouldScope)
        #expect(configuration.history.keep == 15_552_000)
        #expect(configuration.identity.user == "SSL_CLIENT_S_DN_CN")
        #expect(configuration.identity.groups == "HTTP_X_GROUPS")
        #expect(configuration.identity.groupsSeparator == "|")
        #expect(configuration.identity.ignoreCase)
        #expect(configuration.tokens.maxAge == 7_776_000)
        #expect(configuration.metricsRoles == ["MONITOR"])
        #expect(configuration.roles["MONITOR"] == RoleRule())
        let jwt = try #require(configuration.jwt)
        #expect(jwt.keyFile == "/etc/keys")
        #expect(jwt.algorithms == ["RS256", "EdDSA"])
        #expect(jwt.issuer == "i")
        #expect(jwt.audience == "a")
        #expect(jwt.userClaim == "email")
        #expect(jwt.groupsClaim == "roles")
        #expect(jwt.leeway == 5)
        #expect(configuration.threads == 16)
        #expect(configuration.allowedSocketUsers == [0, 4242])
        #expect(configuration.pageDirectory == "/srv/page")
        #expect(configuration.roles["TECH_SUPPORT"] == RoleRule(groups: ["support"]))
        #expect(
            configuration.roles["DEV_OPS"]
                == RoleRule(
                    users: ["carol@example.com"], claims: ["dept": ["ops", "dev"]],
                    cgiVariables: ["SSL_CLIENT_VERIFY": ["SUCCESS"]]))
        #expect(configuration.commands.maxParamsCharsLength == 100)
        #expect(
            configuration.commands.allowed == [
                "cache:clear": Command(
                    name: "cache:clear", roles: ["TECH_SUPPORT", "DEV_OPS"], run: ["php", "artisan", "cache:clear"],
                    directory: "/var/www/app", environment: ["APP_ENV": "production", "SHARED": "a"],
                    options: CommandOptions(kill: configuration.kill)),
                "disk-usage": Command(
                    name: "disk-usage", roles: ["*"], run: ["df", "-h"], description: "Free space on every file system",
                    help: "Long text", directory: "/", environment: ["APP_ENV": "production", "SHARED": "b"],
                    options: CommandOptions(
                        timeout: 91, limit: RunningLimit(1, over: .all, maxQueued: 7),
                        kill: KillPlan(signals: [.hangup], graceMilliseconds: 1000, program: ["end", "{pid}"]),
                        killRoles: ["DEV_OPS"], viewRoles: ["TECH_SUPPORT"], remainingProcesses: .kill,
                        process: ProcessOptions(
                            terminal: .init(columns: 100, rows: 30), umask: 0o022, nice: 5,
                            limits: [
                                .openFiles: 64, .memory: 1 << 30, .processes: 100, .cpuSeconds: 60, .fileSize: 1 << 20,
                            ], successExitCodes: [0, 3]), encoding: .windows1252,
                        confirm: "Really?", title: "Disk usage",
                        category: CommandCategory(name: "Disks", order: 1, icon: .database, colour: .green))),
            ])
    }

    @Test func `every key is read`() throws {
        try Self.expectAllKeys(try .sample(Self.allKeys))
    }
}
