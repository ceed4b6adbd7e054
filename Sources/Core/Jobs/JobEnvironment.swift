import Foundation
import Glibc

/// The environment of a job, built from nothing: whatever the web server or a request put into ours stays here.
package enum JobEnvironment {
    /// The variable by which a process says which job it belongs to.
    package static let uuidVariable = "REMOTISAN_JOB_UUID"

    /// Where programs are looked for when the configuration does not say.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The variables of one job: who and where we are, the configured ones, the job's name.
    package static func make(for uuid: JobUUID, configured: [String: String]) -> [String: String] {
        make(configured: configured.merging([uuidVariable: uuid.description]) { _, ours in ours })
    }

    /// The variables of a program that answers us; a job's but for its name.
    static func make(configured: [String: String]) -> [String: String] {
        var variables = ["PATH": defaultPath, "LANG": own("LANG") ?? "C.UTF-8"]
        if let zone = own("TZ") { variables["TZ"] = zone }
        if let account = Account.current {
            variables["HOME"] = account.home
            variables["USER"] = account.name
        }
        variables.merge(configured) { _, configured in configured }
        return variables
    }

    private static func own(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
