/// A command whose work our signals do not reach, because its program only starts the work for another user or asks
/// another process for it.
package enum UnreachableWork: Sendable, Equatable {
    /// The program runs another one as another user: sudo, su, doas, pkexec.
    case otherUser(program: String)
    /// The program asks another process to do the work, here or on another machine: `docker exec`, `ssh`.
    case elsewhere(client: String)

    /// Examines the words of a command, behind programs such as env(1) and nice(1) and in the script of `sh -c`; nil if
    /// its own processes do the work, as far as its words show.
    package init?(running words: [String]) {
        for simple in ProgramWords.simpleCommands(in: words) {
            guard let path = simple.first else { continue }
            let program = ProgramWords.name(of: path)
            if Self.switchers.contains(program) {
                self = .otherUser(program: program)
                return
            }
            guard let verbs = Self.clients[program] else { continue }
            let rest = simple.dropFirst()
            if program == "systemd-run", rest.contains("--scope") { continue }
            guard let verbs else {
                self = .elsewhere(client: program)
                return
            }
            let given = ProgramWords.arguments(in: rest, valueOptions: Self.clientOptions)
            if let verb = verbs.first(where: { given.starts(with: $0.split(separator: " ").map(String.init)) }) {
                self = .elsewhere(client: "\(program) \(verb)")
                return
            }
        }
        return nil
    }

    private static let switchers: Set<String> = ["sudo", "sudo-rs", "su", "doas", "pkexec", "dzdo", "pbrun", "calife"]

    /// Programs and their verbs that start work elsewhere; nil if every use does.
    private static let clients: [String: [String]?] = {
        let containers = [
            "exec", "run", "start", "attach", "container exec", "container run", "compose exec", "compose run",
        ]
        return [
            "docker": containers, "podman": containers, "podman-remote": containers, "nerdctl": containers,
            "docker-compose": ["exec", "run"], "podman-compose": ["exec", "run"],
            "kubectl": ["exec", "run", "attach", "debug"], "oc": ["exec", "run", "rsh", "attach", "debug"],
            "k3s": ["kubectl exec", "kubectl run"], "microk8s": ["kubectl exec", "kubectl run"],
            "crictl": ["exec"], "ctr": ["task exec", "tasks exec", "t exec", "run"], "lxc": ["exec"],
            "incus": ["exec"], "lxc-attach": nil, "machinectl": ["shell", "login"], "systemd-run": nil, "run0": nil,
            "systemctl": ["start", "restart", "reload", "reload-or-restart", "try-restart"],
            "ssh": nil, "slogin": nil, "rsh": nil, "autossh": nil, "mosh": nil, "plink": nil,
            "ansible": nil, "ansible-playbook": nil, "at": nil, "batch": nil, "screen": nil, "tmux": nil,
            "sail": nil, "ddev": ["exec"], "vagrant": ["ssh"], "heroku": ["run"],
        ]
    }()

    /// Options before the verb whose value is a word of its own.
    private static let clientOptions: Set<String> = [
        "-H", "--host", "-c", "--context", "-l", "--log-level", "--config", "-n", "--namespace", "--kubeconfig",
        "--cluster", "--user", "-s", "--server", "--token", "--as", "-f", "--file", "-p", "--project-name",
        "--project-directory", "--profile", "--env-file", "--url", "--connection", "--identity", "--root", "-M",
        "--machine",
    ]
}
