import Glibc
import Testing

@testable import Core

struct SignalTests {
    @Test(
        arguments: [("TERM", .terminate), ("SIGTERM", .terminate), ("sigint", .interrupt), ("Quit", .quit)]
            as [(String, Signal)])
    func `a signal is found by its name with or without SIG`(_ name: String, _ signal: Signal) {
        #expect(Signal(name: name) == signal)
    }

    @Test(arguments: ["", "SIG", "STOP", "9", "SIGSIGTERM", "TERM "])
    func `unknown names are rejected`(_ name: String) {
        #expect(Signal(name: name) == nil)
    }

    @Test func `a signal number is converted to its name`() {
        for signal in Signal.allCases { #expect(Signal.name(of: Int(signal.number)) == signal.rawValue) }
        #expect(Signal.name(of: 11) == "SEGV")
        #expect(Signal.name(of: 64) == "64")
        #expect(Signal.name(of: -1) == "-1")
    }
}
