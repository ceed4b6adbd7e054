import Testing

@testable import Core

struct DiagnosisTests {
    private static let directory = FileFacts(path: "/s", owner: 33, group: 33, mode: 0o750, kind: .directory)
    private static let good = StorageCheck(
        path: "/s", directory: directory,
        secret: FileFacts(path: "/s/secret", owner: 33, group: 33, mode: 0o600, kind: .file), fileSystem: 0xEF53,
        free: 1 << 30)

    private static func changed<Check>(_ check: Check, _ change: (inout Check) -> Void) -> Check {
        var check = check
        change(&check)
        return check
    }

    @Test func `a good storage is ok`() {
        #expect(Self.good.findings == [.ok("storage", "/s, 0750, 1024 MiB free.")])
    }

    @Test func `every problem of a storage is found`() {
        let cases: [(StorageCheck, Finding.Severity, String)] = [
            (Self.changed(Self.good) { $0.directory = nil }, .problem, "does not exist"),
            (Self.changed(Self.good) { $0.directory?.kind = .file }, .problem, "is not a directory"),
            (Self.changed(Self.good) { $0.directory?.mode = 0o777 }, .problem, "other users may write"),
            (Self.changed(Self.good) { $0.directory?.mode = 0o755 }, .warning, "everybody may read"),
            (Self.changed(Self.good) { $0.directory?.owner = 0 }, .warning, "root owns"),
            (Self.changed(Self.good) { $0.secret?.mode = 0o644 }, .problem, "other users may read"),
            (Self.changed(Self.good) { $0.secret?.owner = 0 }, .problem, "different owners"),
            (Self.changed(Self.good) { $0.fileSystem = 0x6969 }, .warning, "NFS"),
            (Self.changed(Self.good) { $0.fileSystem = 0x0102_1994 }, .warning, "tmpfs"),
            (Self.changed(Self.good) { $0.fileSystem = 0x9123_683E }, .warning, "btrfs"),
            (Self.changed(Self.good) { $0.free = 50 << 20 }, .warning, "only 50 MiB"),
            (Self.changed(Self.good) { $0.free = 1 << 20 }, .problem, "only 1 MiB"),
        ]
        for (check, severity, words) in cases {
            let found = check.findings.contains { $0.severity == severity && $0.text.contains(words) }
            #expect(found, "\(words): \(check.findings)")
        }
    }

    @Test(arguments: [
        ("6.1.0-28-amd64", true, true, Finding.Severity.ok), ("5.11.0", true, true, .ok),
        ("5.10.0", true, true, .problem), ("4.19.0", true, true, .problem), ("6.1.0", false, true, .problem),
        ("6.1.0", true, false, .warning),
    ])
    func `an old or restricted kernel is found`(release: String, pidfd: Bool, inotify: Bool, severity: Finding.Severity)
    {
        let check = KernelCheck(release: release, hasPidfd: pidfd, hasInotify: inotify)
        #expect(check.findings.map(\.severity) == [severity])
    }

    @Test func `the kernel of this machine is ok`() {
        #expect(KernelCheck(watching: "/tmp").findings.allSatisfy { $0.severity == .ok })
    }

    @Test func `a broker that nothing starts is found`() {
        func check(
            watch: WatchState = .none, replaced: WatchState = .none, seen: Int64? = nil, first: Int64? = nil,
            cron: [String] = [], unit: String? = nil,
            expecting severities: [Finding.Severity], _ words: String
        ) {
            let findings = BrokerCheck(
                watch: watch, replaced: replaced, lastSeen: seen, firstSeen: first, goneAfter: 150, now: 1000,
                cron: cron,
                unit: unit
            ).findings
            #expect(findings.map(\.severity) == severities)
            #expect(findings[0].text.contains(words), "\(findings)")
        }
        check(watch: .watching, expecting: [.ok], "is watching")
        check(expecting: [.problem], "nothing starts it; no broker has run yet")
        check(seen: 990, expecting: [.problem], "nothing starts it")
        check(seen: 990, cron: ["/c"], expecting: [.ok], "10 s ago")
        check(seen: 100, cron: ["/c"], expecting: [.problem], "although /c starts it")
        check(first: 990, cron: ["/c"], expecting: [.ok], "no broker has run yet")
        check(first: 100, cron: ["/c"], expecting: [.problem], "no broker has run yet, although /c starts it")
        check(seen: 100, first: 990, cron: ["/c"], expecting: [.problem], "the last broker ran 900 s ago")
        check(unit: "a.service", expecting: [.problem], "although a.service starts it")
        check(watch: .watching, seen: 990, cron: ["/c"], unit: "a.service", expecting: [.warning, .ok], "Remove one")
        let stalled = WatchState.stalled(pid: 77, milliseconds: 12_345)
        check(
            watch: stalled, seen: 990, cron: ["/c"], expecting: [.problem],
            "process 77, has been stopped or frozen for 12 s")
        check(
            watch: .watching, replaced: stalled, seen: 990, cron: ["/c"], expecting: [.problem, .ok], "kill -CONT 77")
    }

    @Test(arguments: [
        ("[Service]\nExecStart=x\n", nil as String?, Finding.Severity.problem),
        ("[Service]\nKillMode=process\n", nil, .ok), ("[Service]\nKillMode=process\n", "KillMode = mixed", .problem),
        ("#KillMode=process\n", nil, .problem), ("KillMode=mixed\n", "[Service]\nKillMode=process", .ok),
    ])
    func `a unit whose restart ends jobs is found`(text: String, dropIn: String?, severity: Finding.Severity) {
        let files = [("/u", text)] + (dropIn.map { [("/u.d/x.conf", $0)] } ?? [])
        #expect(UnitCheck(files: files).findings.map(\.severity) == [severity])
        #expect(UnitCheck(files: []).findings.isEmpty)
    }

    @Test func `a web server that starts the responder and ends its jobs is warned of`() {
        let unit = ("/lib/systemd/system/apache2.service", "[Service]\nKillMode=mixed\n")
        let found = UnitCheck(files: [unit], webServer: "Apache").findings
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.text.contains("a restart of Apache ends running jobs") ?? false, "\(found)")
        #expect(found.first?.text.contains("to /etc/systemd/system/apache2.service.d/.") ?? false, "\(found)")
        let dropIn = ("/etc/systemd/system/apache2.service.d/remotisan.conf", "[Service]\nKillMode=process\n")
        #expect(UnitCheck(files: [unit, dropIn], webServer: "Apache").findings.map(\.severity) == [.ok])
    }

    @Test func `Apache without tokens or an identity is found`() {
        let identity = Configuration.Identity(user: "REMOTISAN_USER", groups: "REMOTISAN_GROUPS")
        func findings(_ text: String) -> [Finding] {
            ApacheCheck(files: [("/a", text)], identity: identity, socket: "/s").findings
        }
        let good = "ProxyPass /r unix:/s|fcgi://x\n CGIPassAuth On\n RewriteRule ^ - [E=REMOTISAN_USER:%{REMOTE_USER}]"
        #expect(findings(good).map(\.severity) == [.ok])
        #expect(findings("ProxyPass /r unix:/s|fcgi://x\n#CGIPassAuth On").map(\.severity) == [.warning, .problem])
        #expect(findings("ScriptAlias /r /usr/bin/remotisan-fcgi\n" + good).map(\.severity) == [.ok])
        #expect(findings("DocumentRoot /var/www").isEmpty)
    }

    @Test func `a responder that Apache starts needs no socket`() {
        let identity = Configuration.Identity(user: "REMOTISAN_USER", groups: "REMOTISAN_GROUPS")
        func startsResponder(_ texts: String...) -> Bool {
            ApacheCheck(files: texts.map { ("/a", $0) }, identity: identity, socket: "/s").startsResponder
        }
        #expect(startsResponder("ScriptAlias /r /usr/bin/remotisan-fcgi"))
        #expect(!startsResponder("ScriptAlias /r /usr/bin/remotisan-fcgi", "ProxyPass /r unix:/s|fcgi://x"))
        #expect(!startsResponder("#ScriptAlias /r /usr/bin/remotisan-fcgi"))
        #expect(!startsResponder())
    }

    @Test func `a socket that the web server cannot use is found`() throws {
        let user = try #require(Account(named: "daemon"))
        let file = FileFacts(path: "/s", owner: 0, group: user.group, mode: 0o660, kind: .socket)
        let folder = FileFacts(path: "/", owner: 0, group: 0, mode: 0o755, kind: .directory)
        func check(
            _ file: FileFacts?, in directory: FileFacts? = nil, _ connection: SocketCheck.Connection? = .accepted,
            allowing users: Set<UInt32>? = nil
        ) -> [Finding.Severity] {
            SocketCheck(
                path: "/s", file: file, directory: directory ?? folder, connection: connection, webUser: user,
                allowedUsers: users ?? [user.uid], owner: 33
            ).findings.map(\.severity)
        }
        #expect(check(file) == [.ok])
        #expect(check(nil) == [.problem])
        let hidden = SocketCheck(
            path: "/s", file: nil, isHidden: true, connection: nil, webUser: user, allowedUsers: [user.uid]
        ).findings
        #expect(hidden.map(\.severity) == [.warning])
        #expect(hidden.first?.text.hasSuffix("Run doctor as root.") ?? false)
        #expect(check(file, in: nil, .refused) == [.problem])
        #expect(check(file, in: nil, .failed("no")) == [.warning])
        #expect(check(file, allowing: [33]) == [.problem])
        #expect(check(Self.changed(file) { $0.mode = 0o600 }) == [.problem])
        #expect(check(Self.changed(file) { $0.group = 0 }) == [.warning])
        #expect(
            check(
                Self.changed(file) {
                    $0.owner = user.uid; $0.mode = 0o600
                }) == [.ok])
        #expect(check(file, in: Self.changed(folder) { $0.mode = 0o700 }) == [.problem])
        #expect(check(file, in: Self.changed(folder) { $0.mode = 0o750 }) == [.warning])
        #expect(check(Self.changed(file) { $0.mode = 0o666 }) == [.warning])
        // The service could replace a socket in its own directory.
        #expect(check(file, in: Self.changed(folder) { $0.owner = 33 }) == [.ok, .warning])
    }

    @Test func `an instance that is gone, or has a clock that is ahead, is found`() {
        func instance(_ uuid: String, _ seen: Int64) -> RegisteredInstance {
            RegisteredInstance(
                serverUUID: uuid, name: uuid, version: "1", address: nil, firstSeen: 0, lastSeen: seen)
        }
        func severities(_ instances: RegisteredInstance...) -> [Finding.Severity] {
            ClockCheck(instances: instances, own: "a", store: nil, now: 1000, zone: "UTC").findings.map(\.severity)
        }
        #expect(severities(instance("a", 2000), instance("b", 1005)) == [.ok])
        #expect(severities(instance("b", 1011)) == [.problem])
        #expect(severities(instance("b", 1)) == [.ok, .warning])
        // It counts as gone only after its own gone_after.
        var slow = instance("b", 1)
        slow.goneAfter = 1000
        #expect(severities(slow) == [.ok])
    }

    @Test func `a clock that differs from the clock of the database is found`() {
        let instances = ["a", "b", "c"].map { RegisteredInstance.sample($0, lastSeen: 990) }
        func texts(_ now: Int64, _ ahead: [String: Int64]) -> [String] {
            ClockCheck(
                instances: instances, own: "a", store: StoreClock(now: now, ahead: ahead), now: 1000, zone: "UTC"
            ).findings.map(\.description)
        }
        #expect(texts(1000, ["a": 0, "b": 5, "c": -5]).map { $0.prefix(2) } == ["ok"])
        // The own clock is compared now. Its difference at the last heartbeat is ignored.
        #expect(texts(995, ["a": 100]).map { $0.prefix(2) } == ["ok"])
        let own = texts(940, [:])
        #expect(own.count == 1 && own[0].contains("this machine is 60 s ahead of the database."), "\(own)")
        let others = texts(1000, ["b": 6, "c": -70])
        #expect(others.count == 2 && others.allSatisfy { $0.hasPrefix("problem") })
        #expect(others[0].contains("b is 6 s ahead of the database.") && others[0].contains("NTP"))
        #expect(others[1].contains("c is 70 s behind the database."))
    }
}
