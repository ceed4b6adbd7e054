import ArgumentParser
import Assembly
import Core
import Foundation

/// `doctor`: what is missing or wrong on this machine.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks at this machine and says what is missing or wrong, and what to do.",
        discussion: """
            Each line begins with ok, warning or problem; the exit status is 1 if there is a problem. Best run as root, \
            who may read the web server's configuration; what jobs need is then tried as the owner of the storage.
            """)

    @OptionGroup var options: Options

    @Option(help: "Where the responder listens.")
    var socket = "/run/remotisan/remotisan.sock"

    @Option(help: "Directory of the configurations of nginx, Apache, cron and systemd.")
    var etc = "/etc"

    func run() throws {
        var findings: [Finding] = []
        do {
            let configuration = try ConfigurationReader(environment: ProcessInfo.processInfo.environment)
                .read(options.config)
            findings = try explained { try look(configuration) }
        } catch let error as ConfigurationError {
            findings = error.problems.map { .problem("configuration", "\($0)") }
        }
        for finding in findings { print(finding) }
        let problems = findings.filter { $0.severity == .problem }.count
        let warnings = findings.filter { $0.severity == .warning }.count
        print("\(problems) problems, \(warnings) warnings.")
        if problems > 0 { throw ExitCode(1) }
    }

    private func look(_ configuration: Configuration) throws -> [Finding] {
        // What root alone may read comes first.
        let surroundings = Surroundings(etc: etc, socket: socket, configuration)
        var findings = surroundings.findings
        let storage = StorageCheck(configuration.storage)
        try Account.becomeOwner(of: configuration.storage)
        let advice = ConfigurationAdvice(configuration).warnings
        findings += advice.map { .warning("configuration", $0) }
        if advice.isEmpty { findings.append(.ok("configuration", configuration.path)) }
        findings += programs() + storage.findings + KernelCheck(watching: configuration.storage).findings
        // Opening it would make a storage that is not there.
        guard storage.directory?.kind == .directory else { return findings }
        do {
            let instance = try Instance(configuration, log: Options.log)
            findings += try InstanceChecks(instance: instance, surroundings: surroundings).findings()
        } catch {
            findings.append(.problem("audit", "\(error)"))
        }
        return findings
    }

    private func programs() -> [Finding] {
        do {
            let programs = try Programs.besideThisOne()
            return [.ok("programs", "\(programs.job), \(programs.broker)")]
        } catch {
            return [.problem("programs", "\(error) Install all three side by side.")]
        }
    }
}
