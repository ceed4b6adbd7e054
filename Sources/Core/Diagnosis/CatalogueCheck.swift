/// Checks the state of consoles and choice programs.
package struct CatalogueCheck: Sendable {
    package var snapshot: CatalogueSnapshot
    /// Major versions of PHP, by the program that runs a console.
    package var php: [String: Int]

    package init(snapshot: CatalogueSnapshot, php: [String: Int]) {
        self.snapshot = snapshot
        self.php = php
    }

    /// Runs each PHP that runs a console to get its version.
    ///
    /// - Parameter directory: A directory for the file with its error messages.
    package init(_ snapshot: CatalogueSnapshot, in directory: String) {
        let programs = snapshot.consoles.map(\.console).filter(\.isRunByPHP).compactMap(\.run.first)
        var php: [String: Int] = [:]
        for program in Set(programs) {
            let printed = try? ProgramOutput.run(
                [program, "-r", "echo PHP_MAJOR_VERSION;"], in: directory,
                environment: JobEnvironment.make(configured: [:]), errors: directory + "/doctor-errors.log",
                seconds: 10, limit: 4096)
            php[program] = printed.flatMap { Int($0) }
        }
        self.init(snapshot: snapshot, php: php)
    }

    /// The findings; empty if there are neither consoles nor choice programs.
    package var findings: [Finding] {
        var findings: [Finding] = []
        for state in snapshot.consoles {
            let subject = "console \(state.console.description)"
            findings.append(
                Self.finding(subject, listedAt: state.listedAt, problem: state.problem, success: "listed its commands.")
            )
            if let notice = state.notice { findings.append(.warning(subject, notice)) }
            if let program = state.console.run.first, let major = php[program], major < 8 {
                findings.append(
                    .warning(
                        subject,
                        "PHP \(major) has no attributes, so #[RemotisanRoles] is ignored. Use PHP 8 or later."
                    ))
            }
        }
        for state in snapshot.choices {
            let subject = "choices of \(state.program.description)"
            findings.append(
                Self.finding(
                    subject, listedAt: state.listedAt, problem: state.problem, success: "\(state.count) choices."))
            if state.ignoredLines > 0 {
                findings.append(
                    .warning(
                        subject,
                        "\(state.ignoredLines) lines were ignored. Print lines of UTF-8 without control characters, of "
                            + "at most \(ChoiceListing.maxLineLength) bytes."))
            }
        }
        return findings + snapshot.unlisted.map { .warning("commands", $0.problem) }
    }

    private static func finding(_ subject: String, listedAt: Int64?, problem: String?, success: String) -> Finding {
        switch (listedAt, problem) {
        case (nil, let problem?):
            .problem(subject, "it never succeeded: \(problem) Fix it, and run remotisan-broker refresh.")
        case (.some, let problem?):
            .warning(
                subject,
                "the last run failed, so the earlier result is in use: \(problem) Fix it, and run "
                    + "remotisan-broker refresh."
            )
        case (nil, nil): .warning(subject, "has not run yet. Run remotisan-broker refresh, or open the page.")
        case (.some, nil): .ok(subject, success)
        }
    }
}
