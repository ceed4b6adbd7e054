import Glibc
import Testing

@testable import Core

struct AccountTests {
    @Test func `accounts are found by name and uid`() {
        #expect(Account(named: "root")?.uid == 0)
        #expect(Account(named: "root")?.home == "/root")
        #expect(Account(named: "no-such-user-here") == nil)
        #expect(Account.current?.uid == geteuid())
    }
}
