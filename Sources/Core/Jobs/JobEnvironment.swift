import Glibc

/// The environment of a job. It is built from nothing, so that no variable of the web server or a request reaches it.
package enum JobEnvironment {
    /// The variable that names the job of a process.
    package static let uuidVariable = "REMOTISAN_JOB_UUID"

    /// The PATH of a job, unless the configuration sets it.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The variables of a job: the user, the locale, those of its surroundings, the configured ones, and the job's
    /// UUID.
    package static func make(
        for uuid: JobUUID, configured: [String: String], process: ProcessOptions = ProcessOptions(),
        as user: String? = nil
    ) -> [String: String] {
        let configured = process.environment.merging(configured) { _, configured in configured }
        return make(configured: configured.merging([uuidVariable: uuid.description]) { _, ours in ours }, as: user)
    }

    /// The variables of a program whose output we read. They are those of a job without its UUID.
    ///
    /// - Parameter user: The user of the job; nil for that of this process.
    static func make(configured: [String: String], as user: String? = nil) -> [String: String] {
        var variables = ["PATH": defaultPath, "LANG": own("LANG") ?? "C.UTF-8"]
        if let zone = own("TZ") { variables["TZ"] = zone }
        if let account = user.map({ Account(named: $0) }) ?? Account.current {
            variables["HOME"] = account.home
            variables["USER"] = account.name
        }
        variables.merge(configured) { _, configured in configured }
        return variables
    }

    /// A variable of this process. None changes while it runs, so getenv(3) is safe beside other threads.
    private static func own(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
