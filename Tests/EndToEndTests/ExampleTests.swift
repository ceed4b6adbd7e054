import Foundation
import TestSupport
import Testing

/// The configurations and web server files in `examples/`.
@Suite struct ExampleTests {
    private static let directory = Places.repository + "/examples"
    private static let files = FileManager.default.subpaths(atPath: directory) ?? []
    private static let configurations = files.filter { $0.hasSuffix("/remotisan.yaml") }.sorted()
    private static let sites = files.filter { $0.hasSuffix("/nginx.conf") }.sorted()

    @Test func `there are examples for every situation that the documents name`() {
        let names = Set(Self.configurations.compactMap { $0.split(separator: "/").first.map(String.init) })
        #expect(names == ["container", "laravel", "programs", "single-sign-on", "symfony", "two-instances"])
    }

    @Test func `check accepts every example and warns only of files that this machine lacks`() async throws {
        try await Installation.run { installation in
            for name in Self.configurations {
                // A copy, because the service's account may not be able to enter the repository.
                let copy = installation.directory + "/example.yaml"
                try Data(contentsOf: URL(fileURLWithPath: "\(Self.directory)/\(name)")).write(
                    to: URL(fileURLWithPath: copy))
                chmod(copy, 0o644)
                let output = try await installation.broker("check", "--config", copy)
                #expect(output.status == 0, "\(name): \(output.out)\(output.errors)")
                for line in output.out.split(separator: "\n") where line.hasPrefix("warning: ") {
                    #expect(Self.isAboutMissingFile(String(line)), "\(name): \(line)")
                }
            }
        }
    }

    @Test(arguments: sites) func `nginx accepts the example`(name: String) async throws {
        let directory = try TemporaryDirectory()
        let state = directory.path
        let port = Ports.take()
        // Both snippets are included as an administrator installs them.
        for snippet in ["remotisan.location.conf", "instances.conf"] {
            try FileManager.default.copyItem(
                atPath: "\(Places.repository)/nginx/\(snippet)", toPath: "\(state)/\(snippet)")
        }
        let site = try String(contentsOfFile: "\(Self.directory)/\(name)", encoding: .utf8)
            .replacing("/etc/nginx/snippets/", with: state + "/")
            .replacing("listen 80;", with: "listen 127.0.0.1:\(port);")
        #expect(site.contains("listen 127.0.0.1"))
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
            .map { "\($0)_temp_path \(state)/\($0);" }.joined(separator: "\n")
        try """
        pid \(state)/nginx.pid;
        error_log stderr;
        events {}
        http {
        access_log off;
        \(temporary)
        \(site)
        }
        """.write(toFile: state + "/nginx.conf", atomically: false, encoding: .utf8)
        let nginx = try SpawnedProcess(
            ["/usr/sbin/nginx", "-t", "-c", state + "/nginx.conf"], environment: [:], output: state + "/nginx.log")
        let ending = try await nginx.ended()
        #expect(ending == .code(0), "\(String(decoding: ProcessFacts.read(state + "/nginx.log"), as: UTF8.self))")
    }

    /// Whether a warning names a path that does not exist here, or a program that is not installed here.
    private static func isAboutMissingFile(_ warning: String) -> Bool {
        let words = warning.split(separator: " ").map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: ".,:;`'\""))
        }
        let exists = FileManager.default.fileExists(atPath:)
        if words.contains(where: { $0.hasPrefix("/") && !exists($0) }) { return true }
        let programs = ["composer", "journalctl", "php"]
        return programs.contains { program in
            words.contains(program) && !["/usr/local/bin", "/usr/bin", "/bin"].contains { exists("\($0)/\(program)") }
        }
    }
}
