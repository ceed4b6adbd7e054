import ArgumentParser
import Assembly
import Core
import Foundation

/// `doctor`: checks this machine.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks this machine and says what is missing or wrong, and what to do.",
        discussion: """
            Each line begins with ok, warning or problem. The exit code is 1 if there is a problem. Run it as root, \
            because only root can read the web server's configuration. The checks of what jobs need run as the owner \
            of the storage.
            """)

    @OptionGroup var options: Options

    @Option(help: "The socket on which the responder listens.")
    var socket = "/run/remotisan/remotisan.sock"

    @Option(help: "The directory with the configurations of nginx, Apache, cron and systemd.")
    var etc = "/etc"

    @OptionGroup var json: JSONOption

    func run() throws {
        let source = options.source
        var findings: [Finding] = []
        do {
            let configuration = try ConfigurationReader(environment: ProcessInfo.processInfo.environment)
                .read(options.config)
            findings = ConfigurationUseCheck(source, configuration).findings
            findings = try reportingErrors { try self.findings(configuration, findings) }
        } catch let error as ConfigurationError {
            findings = error.problems.map { .problem("configuration", "\($0)") }
            // The programs go on with it, so the rest of the machine can be checked.
            if let kept = source.kept() {
                findings += ConfigurationUseCheck(kept).findings
                findings = try reportingErrors { try self.findings(kept.configuration, findings) }
            }
        }
        let problems = findings.filter { $0.severity == .problem }.count
        let warnings = findings.filter { $0.severity == .warning }.count
        if json.isJSON {
            let list = findings.map { finding -> JSONRecord in
                ["severity": finding.severity.rawValue, "subject": finding.subject, "text": finding.text]
            }
            let record: JSONRecord = ["findings": list, "problems": problems, "warnings": warnings]
            try reportingErrors { try StandardOutput.write(ASCIIJSON.text(of: record) + "\n") }
        } else {
            let terminal = Terminal.output(ProcessInfo.processInfo.environment)
            for finding in findings { print(terminal.hasColour ? finding.coloured : "\(finding)") }
            print("\(counted(problems, "problem")), \(counted(warnings, "warning")).")
        }
        if problems > 0 { throw ExitStatus.failed.code }
    }

    private func findings(_ configuration: Configuration, _ ofFile: [Finding]) throws -> [Finding] {
        // Files that only root can read are read before this process becomes the owner of the storage.
        let host = HostChecks(configuration, etc: etc, socket: socket)
        var findings = host.findings
        let storage = StorageCheck(configuration.storage)
        try Account.becomeOwner(of: configuration.storage)
        let advice = ConfigurationAdvice(configuration).warnings
        // Root may read every file, but the programs run as the owner of the storage.
        let isReadable = access(configuration.path, R_OK) == 0
        if !isReadable {
            let user = Account.current?.name ?? String(geteuid())
            findings.append(
                .problem(
                    "configuration",
                    "\(configuration.path): \(user), who runs the programs, may not read it. Make the file's group that "
                        + "of \(user), and run chmod 0640."))
        }
        findings += ofFile + advice.map { .warning("configuration", $0) }
        if advice.isEmpty, ofFile.isEmpty, isReadable { findings.append(.ok("configuration", configuration.path)) }
        findings += programs() + storage.findings + KernelCheck(watching: configuration.storage).findings
        findings += IsolationCheck(configuration).findings
        // Opening the instance would create a missing storage, and doctor changes nothing.
        guard storage.directory?.kind == .directory else { return findings }
        do {
            let instance = try Instance(configuration, log: Options.log)
            findings += try InstanceChecks(instance: instance, host: host).findings()
        } catch {
            findings.append(.problem("store", "\(error)"))
        }
        return findings
    }

    private func programs() -> [Finding] {
        do {
            let programs = try Programs.besideThisOne()
            return [.ok("programs", "\(programs.job), \(programs.broker)")]
        } catch {
            return [.problem("programs", "\(error)")]
        }
    }
}

extension Finding {
    /// The line, with its first word in a colour.
    fileprivate var coloured: String {
        let colour: Colour =
            switch severity {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        let word = severity.rawValue
        return colour.applied(to: word) + description.dropFirst(word.count)
    }
}
