import Glibc

/// Checks whether the kernel can run a program in its directory with its environment, as a job would.
struct ProgramCheck {
    /// The command or console, for the warnings.
    var subject: String
    let directory: String
    let environment: [String: String]

    /// What is wrong with a program and its directory.
    func problems(running run: [String]) -> [String] {
        guard access(directory, X_OK) == 0 else {
            return problems(finding: run.first?.hasPrefix("/") ?? true ? run : [])
                + ["\(subject): the directory \(directory) does not exist or cannot be entered."]
        }
        return problems(finding: run)
    }

    /// What is wrong with a program, and with the one that it runs in its place, as `env` and `sudo` do.
    func problems(finding run: [String]) -> [String] {
        for program in ProgramWords.programs(in: run) {
            let problems = problems(ofProgram: program)
            if !problems.isEmpty { return problems }
        }
        return []
    }

    private func problems(ofProgram program: String) -> [String] {
        guard let file = find(program) else {
            // No shell splits the text, so `du -sh` is the name of one program.
            let words = program.split(separator: " ")
            let advice = words.count > 1 ? " Write each argument by itself: [\(words.joined(separator: ", "))]." : ""
            return ["\(subject): the program \(program) does not exist or is not executable.\(advice)"]
        }
        return problem(ofScript: file).map { ["\(subject): \($0)"] } ?? []
    }

    /// The path of a file, resolved in the directory.
    func path(of file: String) -> String {
        file.hasPrefix("/") ? file : "\(directory)/\(file)"
    }

    /// The file of a program, searched as the supervisor does.
    private func find(_ program: String) -> String? {
        if program.contains("/") { return isExecutable(path(of: program)) ? path(of: program) : nil }
        let search = environment["PATH"] ?? JobEnvironment.defaultPath
        return search.split(separator: ":").lazy.map { "\($0)/\(program)" }.first(where: isExecutable)
    }

    private func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0 && FileFacts(path)?.kind == .file
    }
}

/// The first line of a script. The kernel reads the interpreter from it (execve(2), "Interpreter scripts"). No shell
/// stands in for a missing line, because no command ever goes through a shell.
extension ProgramCheck {
    /// Bytes of the file that the kernel reads (BINPRM_BUF_SIZE of Linux).
    private static let headLength = 256

    private func problem(ofScript file: String) -> String? {
        guard let descriptor = try? Descriptor(opening: file, O_RDONLY),
            let head = try? descriptor.read(Self.headLength, at: 0, of: file)
        else { return nil }
        let line = head.prefix { $0 != UInt8(ascii: "\n") }
        guard head.starts(with: "#!".utf8) else {
            if head.isEmpty { return "\(file) is empty, so it cannot be run." }
            // The kernel knows programs of other formats. A text without a #! line is none of them.
            guard !head.contains(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D, 0x1B].contains($0) }) else {
                return nil
            }
            return head.starts(with: [0xEF, 0xBB, 0xBF])
                ? "\(file) begins with a byte order mark, so the kernel sees no #! line. Save it without that mark."
                : "\(file) has no #! line, so the kernel cannot run it. Begin it with a line such as #!/bin/sh."
        }
        guard !line.contains(UInt8(ascii: "\r")) else {
            return "\(file) has a carriage return in its #! line. Save it with Unix line ends."
        }
        guard line.count < Self.headLength else {
            return "\(file) has a #! line of \(Self.headLength) or more bytes, which the kernel cuts. Shorten it."
        }
        let words = String(decoding: line.dropFirst(2), as: UTF8.self).split { $0 == " " || $0 == "\t" }.map(
            String.init)
        guard let interpreter = words.first else { return "\(file) names no interpreter after #!. Add one." }
        guard isExecutable(path(of: interpreter)) else {
            return "\(file) needs the interpreter \(interpreter), which does not exist or is not executable."
        }
        guard interpreter.hasSuffix("/env"), let program = Self.program(ofEnv: Array(words.dropFirst())),
            find(program) == nil
        else { return nil }
        return "\(file) needs the interpreter \(program), which is not in the PATH of the command."
    }

    /// The program that env(1) searches; nil if there is none. `-S` splits its argument into words, and variables may
    /// precede the program.
    private static func program(ofEnv words: [String]) -> String? {
        words.map { $0.hasPrefix("-S") ? String($0.dropFirst(2)) : $0 }
            .first { !$0.isEmpty && !$0.hasPrefix("-") && !$0.contains("=") }
    }
}
