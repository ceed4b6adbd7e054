/// The programs that the words of a command run.
enum ProgramWords {
    /// The last part of a path.
    static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// The words of each simple command: what is left behind wrappers such as `env A=1 nice -n 5`, and each command of
    /// the script of `sh -c`. It never fails. A script that it does not understand may lack commands.
    static func simpleCommands(in words: [String]) -> [[String]] {
        simpleCommands(in: words[...], depth: 0)
    }

    /// The words that are neither options nor values of options.
    static func arguments(in words: ArraySlice<String>, valueOptions: Set<String>) -> [String] {
        var found: [String] = []
        var rest = words
        while let word = rest.popFirst() {
            if word.hasPrefix("-"), word != "-" {
                if valueOptions.contains(word) { rest = rest.dropFirst() }
            } else {
                found.append(word)
            }
        }
        return found
    }

    /// Programs that run another one in the same process or as their child, as the same user.
    private struct Wrapper {
        /// Options whose value is a word of its own.
        var valueOptions: Set<String> = []
        /// Words of its own before the program.
        var arguments = 0
    }

    private static let wrappers: [String: Wrapper] = [
        "env": Wrapper(valueOptions: ["-u", "--unset", "-C", "--chdir"]),
        "nice": Wrapper(valueOptions: ["-n", "--adjustment"]),
        "ionice": Wrapper(valueOptions: ["-c", "--class", "-n", "--classdata"]),
        "chrt": Wrapper(valueOptions: ["-T", "-P", "-D"], arguments: 1),
        "taskset": Wrapper(arguments: 1), "numactl": Wrapper(valueOptions: ["-m", "-N", "-C", "-i", "-p"]),
        "timeout": Wrapper(valueOptions: ["-s", "--signal", "-k", "--kill-after"], arguments: 1),
        "nohup": Wrapper(), "setsid": Wrapper(), "exec": Wrapper(valueOptions: ["-a"]), "command": Wrapper(),
        "builtin": Wrapper(), "time": Wrapper(valueOptions: ["-f", "-o"]),
        "stdbuf": Wrapper(valueOptions: ["-i", "-o", "-e"]), "unbuffer": Wrapper(),
        "flock": Wrapper(valueOptions: ["-w", "--timeout", "-E"], arguments: 1),
        "chroot": Wrapper(arguments: 1), "unshare": Wrapper(valueOptions: ["-S", "-G", "-R", "-w", "--wd", "--root"]),
        "setpriv": Wrapper(valueOptions: [
            "--reuid", "--ruid", "--euid", "--regid", "--rgid", "--egid", "--groups", "--inh-caps", "--ambient-caps",
            "--bounding-set", "--securebits", "--pdeathsig", "--selinux-label", "--apparmor-profile",
        ]),
        // These need root, which may signal the other user.
        "runuser": Wrapper(valueOptions: userOptions), "gosu": Wrapper(arguments: 1), "su-exec": Wrapper(arguments: 1),
        "nsenter": Wrapper(valueOptions: ["-t", "--target", "-S", "--setuid", "-G", "--setgid"]),
        "prlimit": Wrapper(),
        "setarch": Wrapper(arguments: 1), "systemd-inhibit": Wrapper(),
        "systemd-cat": Wrapper(valueOptions: ["-t", "-p", "-e"]), "cgexec": Wrapper(valueOptions: ["-g"]),
        "chronic": Wrapper(), "ts": Wrapper(), "tini": Wrapper(), "dumb-init": Wrapper(), "catchsegv": Wrapper(),
        "strace": Wrapper(valueOptions: ["-e", "-o", "-s", "-u", "-E", "-p"]), "ltrace": Wrapper(),
        "faketime": Wrapper(valueOptions: ["-f"], arguments: 1), "eatmydata": Wrapper(), "fakeroot": Wrapper(),
        "ssh-agent": Wrapper(), "dbus-run-session": Wrapper(), "xvfb-run": Wrapper(),
        "watch": Wrapper(valueOptions: ["-n"]), "sshpass": Wrapper(valueOptions: ["-p", "-f", "-d", "-P"]),
        "xargs": Wrapper(valueOptions: ["-n", "-P", "-I", "-L", "-s", "-d"]),
        "busybox": Wrapper(),
    ]

    private static let userOptions: Set<String> = ["-u", "--user", "-g", "--group", "-G", "--supp-group", "-w"]

    /// The programs of a command that must exist on this machine: its first word, and what follows wrappers such as
    /// `env A=1 nice -n 5` and sudo(8). A script of a shell and the work of clients such as ssh(1) are not examined.
    static func programs(in words: [String]) -> [String] {
        var programs: [String] = []
        var rest = words[...]
        while let path = rest.first, programs.count < 8 {
            if isAssignment(path), !programs.isEmpty {
                rest = rest.dropFirst()
                continue
            }
            programs.append(path)
            let program = name(of: path)
            let own = rest.dropFirst()
            guard let wrapper = wrappers[program] ?? switchers[program], script(of: program, own) == nil else { break }
            // Other roots have other files, and without -u runuser(1) starts the shell of a user.
            if ["chroot", "nsenter", "busybox", "xargs", "watch", "fakeroot", "unshare"].contains(program) { break }
            if ["runuser"].contains(program), !own.contains(where: { $0.hasPrefix("-u") || $0.hasPrefix("--user") }) {
                break
            }
            rest = skip(wrapper, in: own)
        }
        return programs
    }

    /// Programs that run another one as another user.
    private static let switchers: [String: Wrapper] = [
        "sudo": Wrapper(valueOptions: [
            "-u", "--user", "-g", "--group", "-C", "--close-from", "-D", "--chdir", "-h", "--host", "-p", "--prompt",
            "-R", "--chroot", "-r", "--role", "-t", "--type", "-T", "--command-timeout",
        ]),
        "doas": Wrapper(valueOptions: ["-u", "-C", "-a"]), "pkexec": Wrapper(valueOptions: ["--user", "-u"]),
    ]

    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "rbash"]

    private static func simpleCommands(in words: ArraySlice<String>, depth: Int) -> [[String]] {
        guard let path = words.first, depth < 8 else { return [] }
        let rest = words.dropFirst()
        let program = name(of: path)
        if isAssignment(path) { return simpleCommands(in: rest, depth: depth) }
        if let script = script(of: program, rest) {
            return commands(in: script).flatMap { simpleCommands(in: $0[...], depth: depth + 1) }
        }
        guard let wrapper = wrappers[program] else { return [Array(words)] }
        let inner = skip(wrapper, in: rest)
        return [Array(words)] + simpleCommands(in: inner, depth: depth + 1)
    }

    /// The words after a wrapper's own.
    private static func skip(_ wrapper: Wrapper, in words: ArraySlice<String>) -> ArraySlice<String> {
        var rest = words
        while let word = rest.first, word.hasPrefix("-") {
            rest = rest.dropFirst()
            if word == "--" { break }
            if wrapper.valueOptions.contains(word) { rest = rest.dropFirst() }
        }
        while let word = rest.first, isAssignment(word) { rest = rest.dropFirst() }
        return rest.dropFirst(wrapper.arguments)
    }

    /// The text that a program executes as commands; nil if there is none.
    private static func script(of program: String, _ words: ArraySlice<String>) -> String? {
        if program == "env" {
            for (index, word) in zip(words.indices, words) where word.hasPrefix("-") {
                for option in ["-S", "--split-string="] where word.hasPrefix(option) && word != option {
                    return String(word.dropFirst(option.count))
                }
                if word == "-S" || word == "--split-string" { return words[index...].dropFirst().first }
            }
            return nil
        }
        guard shells.contains(program) || ["flock", "eval", "watch", "runuser"].contains(program) else { return nil }
        if program == "eval" { return words.joined(separator: " ") }
        for (index, word) in zip(words.indices, words) {
            // -c may stand in one word with other options: bash -lc.
            let isCommand = word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("c") || word == "--command"
            if isCommand { return words[index...].dropFirst().first }
        }
        return program == "watch" ? arguments(in: words, valueOptions: ["-n"]).joined(separator: " ") : nil
    }

    /// The commands of a script, split at its operators.
    private static func commands(in script: String) -> [[String]] {
        var commands: [[String]] = []
        var text = ""
        var quote: Unicode.Scalar?
        var isEscaped = false
        for scalar in script.unicodeScalars + ["\n"] {
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if scalar == open { quote = nil }
                if scalar == "\\", open == "\"" { isEscaped = true }
            } else if "'\"".unicodeScalars.contains(scalar) {
                quote = scalar
            } else if scalar == "\\" {
                isEscaped = true
            } else if ";&|\n(){}`!".unicodeScalars.contains(scalar) {
                // The dollar sign of $(…) is a word of its own then, and no program.
                let words = (try? ShellWords.split(text)) ?? []
                let command = words.drop { keywords.contains($0) || isAssignment($0) }
                if !command.isEmpty { commands.append(Array(command)) }
                text = ""
                continue
            }
            text.unicodeScalars.append(scalar)
        }
        return commands
    }

    private static let keywords: Set<String> = ["if", "then", "else", "elif", "do", "while", "until"]

    /// Whether a word is NAME=VALUE.
    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")), equals > word.utf8.startIndex else {
            return false
        }
        return String(word[..<equals]).isOfLettersAndDigits(and: "_")
    }
}
