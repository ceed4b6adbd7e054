import Testing

@testable import Core

struct UnreachableWorkTests {
    @Test(
        arguments: [
            ["sudo", "-n", "systemctl", "restart", "x"], ["/usr/bin/sudo", "x"], ["su", "-c", "x", "bob"],
            ["doas", "x"], ["pkexec", "x"], ["env", "A=1", "sudo", "x"],
            ["/usr/bin/env", "-i", "-u", "B", "doas", "x"],
            ["nice", "-n", "5", "sudo", "x"], ["nice", "-5", "sudo", "x"], ["ionice", "-c", "3", "nice", "sudo", "x"],
            ["timeout", "-k", "5", "60", "sudo", "x"], ["timeout", "60", "sudo", "x"], ["nohup", "setsid", "-w", "su"],
            ["flock", "-w", "3", "/run/x.lock", "sudo", "x"], ["flock", "/run/x.lock", "-c", "sudo x"],
            ["sh", "-c", "sudo -n x"], ["bash", "-ec", "cd /srv && exec sudo x"], ["/bin/bash", "-lc", "A=1 sudo x"],
            ["bash", "-c", "if sudo x; then echo y; fi"], ["sh", "-c", "echo \"a; b\"; (sudo x)"],
            ["sh", "-c", "x=$(sudo cat /etc/shadow)"], ["sh", "-c", "echo x | sudo tee /etc/y"],
            ["env", "-S", "sudo x"], ["env", "--split-string=sudo x"], ["stdbuf", "-oL", "sudo", "x"],
            ["xargs", "-n", "1", "sudo", "x"], ["chroot", "/srv", "sudo", "x"],
            ["setpriv", "--reuid", "1000", "sudo", "x"], ["gosu", "bob", "sudo", "x"], ["nsenter", "-t", "1", "sudo"],
            ["runuser", "-u", "bob", "--", "sudo", "x"], ["runuser", "bob", "-c", "sudo x"],
        ])
    func `another user's program is recognized behind wrappers`(_ run: [String]) {
        guard case .otherUser? = UnreachableWork(running: run) else {
            Issue.record("\(run)")
            return
        }
    }

    @Test(
        arguments: [
            (["docker", "exec", "app", "x"], "docker exec"),
            (["docker", "-H", "tcp://a", "exec", "-i", "app"], "docker exec"),
            (["/usr/bin/docker", "compose", "-f", "a.yml", "exec", "app", "x"], "docker compose exec"),
            (["docker-compose", "exec", "app", "x"], "docker-compose exec"),
            (["docker", "container", "exec", "x", "y"], "docker container exec"),
            (["docker", "run", "x"], "docker run"),
            (["podman", "exec", "x", "y"], "podman exec"),
            (["kubectl", "-n", "shop", "exec", "pod", "--", "x"], "kubectl exec"),
            (["ssh", "host", "x"], "ssh"), (["sshpass", "-p", "x", "ssh", "host"], "ssh"),
            (["systemd-run", "--wait", "x"], "systemd-run"), (["systemctl", "start", "x.service"], "systemctl start"),
            (["nice", "ssh", "host"], "ssh"), (["sh", "-c", "cd /srv; docker exec app x"], "docker exec"),
            (["lxc", "exec", "c", "--", "x"], "lxc exec"), (["./vendor/bin/sail", "artisan"], "sail"),
        ] as [([String], String)])
    func `a client is recognized with its verb`(_ run: [String], _ client: String) {
        #expect(UnreachableWork(running: run) == .elsewhere(client: client))
    }

    @Test(
        arguments: [
            [], [""], ["df", "-h"], ["echo", "sudo"], ["sh", "-c", "echo sudo"], ["sh", "-c", "echo 'a; sudo b'"],
            ["grep", "ssh", "/etc/services"], ["docker", "ps"], ["docker", "logs", "exec"], ["kubectl", "get", "pods"],
            ["systemctl", "status", "x"], ["systemd-run", "--scope", "x"], ["env", "A=sudo", "true"], ["nice"],
            ["timeout", "60"], ["sh", "-c"], ["sh", "script", "sudo"], ["python3", "-c", "sudo"], ["./sudoku"],
            ["sh", "-c", "# sudo\necho \"unfinished"], ["php", "artisan", "docker:exec"], ["visudo", "-c"],
        ])
    func `other programs are not suspected`(_ run: [String]) {
        #expect(UnreachableWork(running: run) == nil)
    }
}
