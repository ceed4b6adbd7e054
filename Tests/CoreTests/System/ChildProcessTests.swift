import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

struct ChildProcessTests {
    @Test func `a child process has only the given descriptors, arguments and environment`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/out"
        let output = try Descriptor(opening: path, O_RDWR | O_CREAT)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        // Not close-on-exec, like the connections of libfcgi.
        let leaking = dup(null.rawValue)
        defer { close(leaking) }
        let pid = try ChildProcess.spawn(
            "/bin/sh", arguments: ["sh", "-c", "echo \"$1|$A\"; ls /proc/self/fd", "x", "a b"],
            environment: ["A": "é=1", "PATH": "/bin:/usr/bin"],
            descriptors: [null.number, output.number, output.number])
        ChildProcess.wait(for: pid)
        #expect(try DurableFile.read(path) == "a b|é=1\n0\n1\n2\n3\n", "Descriptor 3 is the directory that ls reads.")
    }

    @Test func `a child without a waiting thread is reaped by the next start`() throws {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let descriptors = [null.number, null.number, null.number]
        let child = try ChildProcess.spawn("/bin/true", arguments: ["true"], environment: [:], descriptors: descriptors)
        // As if no thread could be started.
        ChildProcess.leave(child, reapingOnThread: false)
        try blockUntil("its end") { ProcessTable.entry(child)?.isAlive != true }
        let next = try ChildProcess.spawn("/bin/true", arguments: ["true"], environment: [:], descriptors: descriptors)
        #expect(ProcessTable.entry(child) == nil || child == next)
        ChildProcess.wait(for: next)
    }

    @Test func `a missing program is an error`() {
        #expect(throws: SystemError("posix_spawn", "/nonexistent", code: ENOENT)) {
            _ = try ChildProcess.spawn("/nonexistent", arguments: ["x"], environment: [:], descriptors: [])
        }
    }
}
