import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

struct ProgramCheckTests {
    private static func problems(_ content: String, mode: mode_t = 0o755) throws -> [String] {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/script"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
        let check = ProgramCheck(subject: "a", directory: directory.path, environment: [:])
        #expect(check.problems(running: [path]).count == check.problems(running: ["./script"]).count)
        return check.problems(running: [path])
    }

    @Test(arguments: [
        "#!/bin/sh\n", "#! /bin/sh -e\necho\r\n", "#!/usr/bin/env sh\n", "#!/usr/bin/env -S A=b sh -e\n",
        "#!/usr/bin/env -Ssh -e\n", "\u{7F}ELF\u{1}\u{1}", "PK\u{3}\u{4}",
    ])
    func `a program that the kernel can run has no problem`(_ content: String) throws {
        #expect(try Self.problems(content).isEmpty)
    }

    @Test(arguments: [
        ("echo hello\n", "has no #! line"), ("# comment\n#!/bin/sh\n", "has no #! line"), ("<?php\n", "has no #! line"),
        ("", "is empty"), ("\u{FEFF}#!/bin/sh\n", "byte order mark"), ("#!/bin/sh\r\necho\r\n", "carriage return"),
        ("#!/usr/bin/env php\r\n", "carriage return"), ("#!\n", "names no interpreter"),
        ("#!/no/such/interpreter -x\n", "the interpreter /no/such/interpreter, which does not exist"),
        ("#!/etc\n", "the interpreter /etc, which does not exist or is not executable"),
        ("#!/usr/bin/env no-such-interpreter\n", "the interpreter no-such-interpreter, which is not in the PATH"),
        ("#!/usr/bin/env -S no-such-interpreter -x\n", "the interpreter no-such-interpreter"),
        ("#!/bin/sh \(String(repeating: "x", count: 300))\n", "which the kernel cuts"),
    ])
    func `a script that the kernel cannot run is found`(_ content: String, _ words: String) throws {
        let problems = try Self.problems(content)
        #expect(problems.count == 1)
        #expect(problems.first?.contains(words) ?? false, "\(problems)")
    }

    @Test func `a file without the permission to execute, and a directory, are not programs`() throws {
        #expect(try Self.problems("#!/bin/sh\n", mode: 0o644).first?.contains("is not executable") ?? false)
        let check = ProgramCheck(subject: "a", directory: "/", environment: [:])
        #expect(check.problems(running: ["/etc"]).first?.contains("is not executable") ?? false)
    }

    @Test func `a command line written as one text is explained`() {
        let check = ProgramCheck(subject: "a", directory: "/", environment: [:])
        let expected =
            "a: the program du -sh does not exist or is not executable. Write each argument by itself: [du, -sh]."
        #expect(check.problems(running: ["du -sh"]) == [expected])
    }

    @Test(arguments: [
        ["env", "A=1", "no-such"], ["/usr/bin/env", "-u", "B", "nice", "-n", "5", "no-such"],
        ["sudo", "-n", "no-such"],
        ["sudo", "-u", "bob", "A=1", "no-such", "x"], ["doas", "-u", "bob", "no-such"], ["gosu", "bob", "no-such"],
        ["runuser", "-u", "bob", "--", "no-such"], ["timeout", "-k", "5", "60", "no-such"],
        ["setpriv", "--reuid", "1000", "--clear-groups", "no-such"], ["setpriv", "--reuid=1000", "--", "no-such"],
        ["no-such"],
    ])
    func `the program behind a wrapper is searched, too`(_ run: [String]) throws {
        let directory = try TemporaryDirectory()
        // The wrappers themselves need not be installed on this machine.
        for name in ["env", "nice", "sudo", "doas", "gosu", "runuser", "timeout", "setpriv", "plain"] {
            try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: directory.path + "/" + name))
            #expect(chmod(directory.path + "/" + name, 0o755) == 0)
        }
        let check = ProgramCheck(
            subject: "a", directory: directory.path, environment: ["PATH": directory.path])
        #expect(check.problems(running: run) == ["a: the program no-such does not exist or is not executable."])
        let whole = run.map { $0 == "no-such" ? "plain" : $0 }
        #expect(check.problems(running: whole).isEmpty, "\(whole)")
    }

    @Test(arguments: [
        ["chroot", "/srv", "no-such"], ["nsenter", "-t", "1", "-m", "no-such"],
        ["runuser", "-l", "bob", "-c", "no-such"],
        ["sh", "-c", "no-such"], ["ssh", "host", "no-such"], ["env", "-S", "no-such x"], ["busybox", "no-such"],
        ["env"], ["sudo", "-v"],
    ])
    func `a program in another root, in a script or on another machine is not searched`(_ run: [String]) throws {
        let directory = try TemporaryDirectory()
        for name in ["chroot", "nsenter", "runuser", "sh", "ssh", "env", "busybox", "sudo"] {
            try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: directory.path + "/" + name))
            #expect(chmod(directory.path + "/" + name, 0o755) == 0)
        }
        let check = ProgramCheck(subject: "a", directory: directory.path, environment: ["PATH": directory.path])
        #expect(check.problems(running: run).isEmpty)
    }
}
