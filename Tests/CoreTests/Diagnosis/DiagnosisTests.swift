import Testing

@testable import Core

/// Facts in, findings out.
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

    @Test func `a storage as it should be is ok`() {
        #expect(Self.good.findings == [.ok("storage", "/s, 0750, 1024 MiB free.")])
    }

    @Test func `everything that is wrong with a storage is named`() {
        let cases: [(StorageCheck, Finding.Severity, String)] = [
            (Self.changed(Self.good) { $0.directory = nil }, .problem, "is not there"),
            (Self.changed(Self.good) { $0.directory?.kind = .file }, .problem, "is no directory"),
            (Self.changed(Self.good) { $0.directory?.mode = 0o777 }, .problem, "others may write"),
            (Self.changed(Self.good) { $0.directory?.mode = 0o755 }, .warning, "everybody may look"),
            (Self.changed(Self.good) { $0.directory?.owner = 0 }, .warning, "is root's"),
            (Self.changed(Self.good) { $0.secret?.mode = 0o644 }, .problem, "can be read by others"),
            (Self.changed(Self.good) { $0.secret?.owner = 0 }, .problem, "belongs to another user"),
            (Self.changed(Self.good) { $0.fileSystem = 0x6969 }, .warning, "NFS"),
            (Self.changed(Self.good) { $0.fileSystem = 0x0102_1994 }, .warning, "tmpfs"),
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
    func `a kernel must be new and let us`(release: String, pidfd: Bool, inotify: Bool, severity: Finding.Severity) {
        let check = KernelCheck(release: release, hasPidfd: pidfd, hasInotify: inotify)
        #expect(check.findings.map(\.severity) == [severity])
    }

    @Test func `the kernel that runs this has what it needs`() {
        #expect(KernelCheck(watching: "/tmp").findings.allSatisfy { $0.severity == .ok })
    }

    @Test func `a broker is on watch, or somebody starts it`() {
        func check(
            watch: Bool = false, seen: Int64? = nil, cron: [String] = [], timer: Bool = false,
            _ severities: [Finding.Severity], _ words: String
        ) {
            let findings = BrokerCheck(
                isOnWatch: watch, lastSeen: seen, goneAfter: 150, now: 1000, cron: cron, hasTimer: timer
            ).findings
            #expect(findings.map(\.severity) == severities)
            #expect(findings[0].text.contains(words), "\(findings)")
        }
        check(watch: true, [.ok], "on watch")
        check([.problem], "nobody starts it: none was ever on watch")
        check(seen: 990, [.problem], "nobody starts it")
        check(seen: 990, cron: ["/c"], [.ok], "10 s ago")
        check(seen: 100, cron: ["/c"], [.problem], "though /c starts it")
        check(timer: true, [.problem], "though remotisan-broker.timer starts it")
        check(watch: true, seen: 990, cron: ["/c"], timer: true, [.warning, .ok], "Remove one")
    }

    @Test(arguments: [
        ("[Service]\nExecStart=x\n", nil as String?, Finding.Severity.problem),
        ("[Service]\nKillMode=process\n", nil, .ok), ("[Service]\nKillMode=process\n", "KillMode = mixed", .problem),
        ("#KillMode=process\n", nil, .problem), ("KillMode=mixed\n", "[Service]\nKillMode=process", .ok),
    ])
    func `a unit must leave jobs alone`(text: String, dropIn: String?, severity: Finding.Severity) {
        let files = [("/u", text)] + (dropIn.map { [("/u.d/x.conf", $0)] } ?? [])
        #expect(UnitCheck(files: files).findings.map(\.severity) == [severity])
        #expect(UnitCheck(files: []).findings.isEmpty)
    }

    @Test func `Apache must hand tokens on and say who asks`() {
        let identity = Configuration.Identity(user: "REMOTISAN_USER", groups: "REMOTISAN_GROUPS")
        func findings(_ text: String) -> [Finding] {
            ApacheCheck(files: [("/a", text)], identity: identity, socket: "/s").findings
        }
        let good = "ProxyPass /r unix:/s|fcgi://x\n CGIPassAuth On\n RewriteRule ^ - [E=REMOTISAN_USER:%{REMOTE_USER}]"
        #expect(findings(good).map(\.severity) == [.ok])
        #expect(findings("ProxyPass /r unix:/s|fcgi://x\n#CGIPassAuth On").map(\.severity) == [.warning, .problem])
        #expect(findings("ScriptAlias /r /usr/bin/remotisan-fcgi\n" + good).map(\.severity) == [.warning])
        #expect(findings("DocumentRoot /var/www").isEmpty)
    }

    @Test func `a socket must be there, answer, and let the web server in`() throws {
        let root = try #require(Account(named: "root"))
        let file = FileFacts(path: "/s", owner: 33, group: root.group, mode: 0o660, kind: .socket)
        func check(
            _ file: FileFacts?, _ connection: SocketCheck.Connection? = .accepted, peers: Set<UInt32> = [0]
        ) -> [Finding.Severity] {
            SocketCheck(path: "/s", file: file, connection: connection, webUser: root, peers: peers)
                .findings.map(\.severity)
        }
        #expect(check(file) == [.ok])
        #expect(check(nil) == [.problem])
        #expect(check(file, .refused) == [.problem])
        #expect(check(file, .failed("no")) == [.warning])
        #expect(check(file, peers: [33]) == [.problem])
        #expect(check(Self.changed(file) { $0.mode = 0o600 }) == [.warning])
        #expect(check(Self.changed(file) { $0.mode = 0o666 }) == [.warning])
    }

    @Test func `an instance ahead of us, or gone, is named`() {
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
        // By its own word it is silent for longer.
        var patient = instance("b", 1)
        patient.goneAfter = 1000
        #expect(severities(patient) == [.ok])
    }

    @Test func `a clock that is not the database's is named, ours or another's`() {
        let instances = ["a", "b", "c"].map { RegisteredInstance.sample($0, lastSeen: 990) }
        func texts(_ now: Int64, _ ahead: [String: Int64]) -> [String] {
            ClockCheck(
                instances: instances, own: "a", store: StoreClock(now: now, ahead: ahead), now: 1000, zone: "UTC"
            ).findings.map(\.description)
        }
        #expect(texts(1000, ["a": 0, "b": 5, "c": -5]).map { $0.prefix(2) } == ["ok"])
        // How ours was when it registered is no news: it is compared now.
        #expect(texts(995, ["a": 100]).map { $0.prefix(2) } == ["ok"])
        let ours = texts(940, [:])
        #expect(ours.count == 1 && ours[0].contains("this machine is 60 s ahead of the database's"), "\(ours)")
        let others = texts(1000, ["b": 6, "c": -70])
        #expect(others.count == 2 && others.allSatisfy { $0.hasPrefix("problem") })
        #expect(others[0].contains("b is 6 s ahead of the database's") && others[0].contains("NTP"))
        #expect(others[1].contains("c is 70 s behind the database's"))
    }
}
