import CSystem
import Glibc

/// What does not work with the isolation of commands on this machine.
struct IsolationAdvice {
    let warnings: [String]

    /// - Parameter landlock: The version of Landlock; less than 1 if the kernel has none.
    init(_ configuration: Configuration, landlock: Int32 = system_landlock_version()) {
        let declared = configuration.commands.allowed.values.map { $0 }
        let commands = (declared + configuration.commands.ofConsoles.values).sorted { $0.name < $1.name }
        let isolations =
            commands.map { ($0.name, $0.options.isolation) } + [("commands", configuration.commands.isolation)]
        var warnings: [String] = []
        let withLandlock = isolations.filter { $0.1 == .landlock }.map(\.0)
        if !withLandlock.isEmpty, landlock < 1 {
            warnings.append(
                """
                isolation: landlock does not work here, because the kernel has no Landlock. These commands do not \
                start: \(withLandlock.joined(separator: ", ")). Use run_as, or a kernel from 5.13 on with \
                lsm=landlock,….
                """)
        } else if !withLandlock.isEmpty, landlock < 2 {
            warnings.append(
                """
                with the Landlock of this kernel, commands with isolation: landlock cannot move files between \
                directories. Use Linux 5.19, or run_as: \(withLandlock.joined(separator: ", ")).
                """)
        }
        for (name, isolation) in isolations {
            guard let user = isolation.user else { continue }
            if let account = Account(named: user) {
                if account.uid == 0 || account.group == 0 {
                    warnings.append("\(name): run_as names \(user), who is root. remotisan-as refuses that.")
                }
            } else {
                warnings.append("\(name): run_as names \(user), but this machine has no such user.")
            }
        }
        if isolations.contains(where: { $0.1.user != nil }), access(Programs.beside.asUser, F_OK) != 0 {
            warnings.append(
                """
                run_as needs \(Programs.beside.asUser), which is missing. Install it: root:www-data, mode 4750.
                """)
        }
        for command in commands where command.options.isolation.deniesNewRights {
            guard case .otherUser(let program)? = UnreachableWork(running: command.run) else { continue }
            warnings.append(
                """
                \(command.name): \(program) cannot work, because a command with isolation gains no rights. Use run_as \
                instead of \(program), or isolation: none.
                """)
        }
        for command in commands where command.options.isolation == .landlock {
            guard let directory = try? RealPath.resolve(command.directory),
                let storage = try? RealPath.resolve(configuration.storage),
                "\(directory)/".hasPrefix(storage + "/")
            else { continue }
            warnings.append(
                "\(command.name): its directory is in the storage, which isolation: landlock closes. Use another one.")
        }
        self.warnings = warnings
    }
}
