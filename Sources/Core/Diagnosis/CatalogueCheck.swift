/// How consoles and programs of choices stand.
package struct CatalogueCheck: Sendable {
    /// As the storage says.
    package var snapshot: CatalogueSnapshot
    /// Major versions of PHP by the program that a console runs with.
    package var php: [String: Int]

    /// The facts.
    package init(snapshot: CatalogueSnapshot, php: [String: Int]) {
        self.snapshot = snapshot
        self.php = php
    }

    /// Asks each PHP that a console runs with for its version.
    ///
    /// - Parameter directory: Where a file for its errors can be made.
    package init(_ snapshot: CatalogueSnapshot, in directory: String) {
        let programs = snapshot.consoles.map(\.console).filter(ConsoleRoles.areReadable).compactMap(\.run.first)
        var php: [String: Int] = [:]
        for program in Set(programs) {
            let printed = try? ProgramOutput.run(
                [program, "-r", "echo PHP_MAJOR_VERSION;"], in: directory,
                environment: JobEnvironment.make(configured: [:]), errors: directory + "/doctor-errors.log",
                seconds: 10,
                limit: 4096)
            php[program] = printed.flatMap { Int($0) }
        }
        self.init(snapshot: snapshot, php: php)
    }

    /// What is so; nothing where there are neither.
    package var findings: [Finding] {
        var findings: [Finding] = []
        for state in snapshot.consoles {
            let subject = "console \(state.console.description)"
            findings.append(Self.finding(subject, state.listedAt, state.problem, count: nil))
            if let program = state.console.run.first, let major = php[program], major < 8 {
                findings.append(
                    .warning(
                        subject,
                        "PHP \(major) knows no attributes: #[RemotisanRoles] is not read. Use PHP 8, or commands.allowed."
                    ))
            }
        }
        for state in snapshot.choices {
            let subject = "choices of \(state.program.description)"
            findings.append(Self.finding(subject, state.listedAt, state.problem, count: state.count))
            if state.leftOut > 0 {
                findings.append(
                    .warning(
                        subject,
                        "\(state.leftOut) lines were left out: control characters, no UTF-8, or longer than "
                            + "\(ChoiceListing.longest) bytes."))
            }
        }
        return findings
    }

    private static func finding(_ subject: String, _ listedAt: Int64?, _ problem: String?, count: Int?) -> Finding {
        switch (listedAt, problem) {
        case (nil, let problem?): .problem(subject, "it never answered: \(problem) Run remotisan-broker refresh.")
        case (.some, let problem?):
            .warning(subject, "what it said before is used: \(problem) Run remotisan-broker refresh.")
        case (nil, nil): .warning(subject, "not asked yet. Run remotisan-broker refresh, or open the page.")
        case (.some, nil): .ok(subject, count.map { "\($0) choices." } ?? "listed.")
        }
    }
}
