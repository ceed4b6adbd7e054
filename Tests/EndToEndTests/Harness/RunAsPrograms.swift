import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The programs with a `remotisan-as` that is set-user-ID root and reads a file of the test. Only root can make it.
struct RunAsPrograms {
    private let temporary: TemporaryDirectory
    /// Directory of the programs.
    var directory: String { temporary.path }
    /// `remotisan-as`.
    var program: String { directory + "/remotisan-as" }
    /// The file that says who may run what as whom.
    let rules: String

    /// The user of the jobs, and another one that is allowed. Both are Debian's.
    static let user = "games"
    static let otherUser = "news"
    static let allowing = """
        # Of a test.
        service \(ServiceAccount.name)
        user \(user)
        user \(otherUser)
        variable \(SampleConfiguration.mark)

        """

    /// - Parameter text: The text of the file.
    init(rules text: String = allowing) throws {
        temporary = try TemporaryDirectory()
        rules = temporary.path + "/etc/run-as.conf"
        for program in ["remotisan-fcgi", "remotisan-broker", "remotisan-job"] {
            let target = "\(temporary.path)/\(program)"
            // A hard link, because the debug builds are large. Another file system needs a copy.
            if link("\(Places.programs)/\(program)", target) != 0 {
                try FileManager.default.copyItem(atPath: "\(Places.programs)/\(program)", toPath: target)
            }
        }
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/etc", withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        try write(text)
        let compiler = TestProcess()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "musl-gcc", "-std=gnu17", "-Os", "-Wall", "-Wextra", "-Werror", "-static", "-fstack-protector-strong",
            "-I\(Places.repository)/Sources/CSystem/include", "-DRUN_AS_FILE=\"\(rules)\"", "-o", program,
            "\(Places.repository)/Sources/remotisan-as/main.c",
        ]
        let words = try compiler.runToEnd()
        try #require(compiler.terminationStatus == 0, "\(words)")
        try #require(chown(program, 0, ServiceAccount.group) == 0 && chmod(program, 0o4750) == 0)
    }

    /// Replaces the rules.
    func write(_ text: String) throws {
        try text.write(toFile: rules, atomically: false, encoding: .utf8)
        chmod(rules, 0o644)
    }

    /// Runs an installation with these programs.
    func run(_ sample: SampleConfiguration, _ body: (Installation) async throws -> Void) async throws {
        try await Installation.run(.nginx, sample, programs: directory, body)
    }
}
