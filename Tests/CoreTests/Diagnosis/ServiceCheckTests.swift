import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The checks of the responder's and the broker's processes.
@Suite struct ServiceCheckTests {
    private static let broker = ServiceProcessCheck.Service(pid: 7, role: "broker", user: 33, isReplaced: false)
    private static let responder = ServiceProcessCheck.Service(pid: 8, role: "responder", user: 33, isReplaced: false)

    @Test func `services of other users, of root, and with a replaced program are found`() {
        func findings(_ change: (inout ServiceProcessCheck.Service) -> Void, owner: uid_t? = 33) -> [Finding] {
            var other = Self.responder
            change(&other)
            return ServiceProcessCheck(services: [Self.broker, other], owner: owner).findings
        }
        #expect(findings { _ in }.isEmpty)
        let root = findings { $0.user = 0 }
        #expect(root.map(\.severity) == [.problem] && root[0].text.contains("process 8 runs as root"), "\(root)")
        let different = findings { $0.user = 1 }
        #expect(different.map(\.severity) == [.problem], "\(different)")
        #expect(different.first?.text.contains("owns the storage") ?? false)
        let replaced = findings { $0.isReplaced = true }
        #expect(replaced.map(\.severity) == [.warning] && replaced[0].text.contains("was replaced"), "\(replaced)")
        #expect(findings({ $0.user = 1 }, owner: nil).isEmpty)
        // The storage of root is reported by another check.
        #expect(
            ServiceProcessCheck(services: [.init(pid: 1, role: "broker", user: 0, isReplaced: false)], owner: 0)
                .findings.isEmpty)
    }

    @Test func `the reason why systemd cannot start the responder is named`() {
        func findings(_ show: String, _ journal: String = "") -> [Finding] {
            ResponderUnitCheck(show: show, journal: journal).findings
        }
        let failing = """
            LoadState=loaded
            ActiveState=activating
            SubState=auto-restart
            Result=exit-code
            ExecMainStatus=1
            NRestarts=12
            """
        let journal = """
            /etc/remotisan/remotisan.yaml:3: colour: this key is unknown.
            remotisan.service: Main process exited, code=exited, status=1/FAILURE
            remotisan.service: Failed with result 'exit-code'.
            """
        let found = findings(failing, journal)
        #expect(found.map(\.severity) == [.problem])
        let text = found.first?.text ?? ""
        #expect(text.contains("with exit code 1 (exit-code). systemd has started it 12 times again."), "\(text)")
        #expect(text.hasSuffix("Its last message: /etc/remotisan/remotisan.yaml:3: colour: this key is unknown."))
        #expect(findings(failing).first?.text.hasSuffix("Read journalctl --unit=remotisan.service.") ?? false)
        for show in [
            "LoadState=loaded\nActiveState=active\nResult=success", "LoadState=not-found\nActiveState=inactive",
            // It waits for the first request.
            "LoadState=loaded\nActiveState=inactive\nSubState=dead\nResult=success", "",
        ] { #expect(findings(show, journal).isEmpty, "\(show)") }
        #expect(!findings("LoadState=loaded\nActiveState=failed\nResult=start-limit-hit").isEmpty)
    }

    /// A directory with fake programs of systemd, which print their arguments to a file.
    private func fake(systemctl: String, journalctl: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for (name, script) in [("systemctl", systemctl), ("journalctl", journalctl)] {
            let path = "\(directory.path)/\(name)"
            try "#!/bin/sh\necho \(name) \"$*\" >>\(directory.path)/calls\n\(script)\n"
                .write(toFile: path, atomically: false, encoding: .utf8)
            chmod(path, 0o755)
        }
        return directory
    }

    @Test func `systemd is asked about the unit of the responder`() throws {
        let directory = try fake(
            systemctl: "printf 'LoadState=loaded\\nActiveState=failed\\nResult=exit-code\\nExecMainStatus=1\\n'",
            journalctl: "echo 'The storage /s does not exist.'")
        let check = try #require(
            ResponderUnitCheck(
                in: directory.path, path: directory.path + ":/usr/bin:/bin", mark: directory.path))
        let text = try #require(check.findings.first).text
        #expect(
            text
                == "it does not run: it ended with exit code 1 (exit-code). Its last message: The storage /s does not exist."
        )
        let calls = try String(contentsOfFile: directory.path + "/calls", encoding: .utf8)
        #expect(calls.contains("systemctl show remotisan.service --property=LoadState,ActiveState"))
        #expect(calls.contains("journalctl --unit=remotisan.service --lines=20 --output=cat --no-pager"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 3, "No file is left.")
        // Without systemd, doctor does not call systemctl.
        let none = directory.path + "/none"
        #expect(ResponderUnitCheck(in: directory.path, path: directory.path, mark: none) == nil)
    }

    @Test func `a journal that this user may not read leaves the advice to read it`() throws {
        let directory = try fake(
            systemctl: "printf 'LoadState=loaded\\nActiveState=failed\\nResult=signal\\n'",
            journalctl: "echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1")
        let check = try #require(
            ResponderUnitCheck(in: directory.path, path: directory.path + ":/usr/bin:/bin", mark: directory.path))
        #expect(
            check.findings.first?.text
                == "it does not run: it ended (signal). Read journalctl --unit=remotisan.service.")
        // systemctl that cannot reach systemd says nothing.
        let silent = try fake(systemctl: "exit 1", journalctl: "exit 1")
        let unknown = ResponderUnitCheck(in: silent.path, path: silent.path + ":/usr/bin:/bin", mark: silent.path)
        #expect(unknown?.findings.isEmpty ?? false)
    }

    @Test func `an account's rights are tried as that account`() throws {
        let directory = try TemporaryDirectory()
        let own = try #require(Account(uid: geteuid()))
        let file = directory.path + "/x"
        try Data().write(to: URL(fileURLWithPath: file))
        #expect(own.may(R_OK, file) == true)
        #expect(own.may(R_OK, file + "-none") == false)
    }
}
