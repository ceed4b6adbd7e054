import BrokerProgram
import Core
import Glibc
import ResponderProgram

/// One file for the responder and the broker, because most of both is the same libraries. The name chooses the program.
@main
enum Remotisan: String {
    case responder = "remotisan-fcgi"
    case broker = "remotisan-broker"

    static func main() {
        // Not to syslog(3) either: libdispatch reports there that it may not raise the priority of a thread, which GRDB
        // asks for.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        let called = called
        // Without the parser, whose first use takes 3 ms.
        if let called, CommandLine.argc == 2, CommandLine.unsafeArgv[1].map({ strcmp($0, "--version") }) == 0 {
            StandardOutput.checkAtExit()
            print(called.rawValue, ProgramVersion.current)
            return
        }
        switch called {
        case .responder: ResponderMain.main()
        case .broker: BrokerMain.main()
        case nil:
            StandardError.report("The name must be remotisan-fcgi or remotisan-broker.", of: "remotisan")
            exit(EX_USAGE)
        }
    }

    /// The program that the caller named. If the name has another meaning, as that of a link in a folder of CGI
    /// programs, the name of the file counts.
    private static var called: Remotisan? {
        CommandLine.unsafeArgv[0].flatMap { named(String(cString: $0)) } ?? (try? Programs.ownPath()).flatMap(named)
    }

    private static func named(_ path: String) -> Remotisan? {
        Remotisan(rawValue: path.split(separator: "/").last.map(String.init) ?? path)
    }
}
