import Glibc
import Testing

@testable import Core

struct SystemErrorTests {
    @Test func `the description contains the call, the file and the system's message`() {
        #expect(SystemError("open", "/x", code: ENOENT).description == "open /x: No such file or directory.")
        #expect(SystemError.text(of: 99_999) == "Unknown error 99999" || SystemError.text(of: 99_999) == "error 99999")
    }

    @Test func `an interrupted system call is repeated`() throws {
        var answers: [Int32] = [-1, -1, 7]
        let value = try valueOrErrno("x", on: "y") { () -> Int32 in
            errno = EINTR
            return answers.removeFirst()
        }
        #expect(value == 7)
        #expect(throws: SystemError("x", "y", code: EIO)) {
            try valueOrErrno("x", on: "y") { () -> Int32 in
                errno = EIO
                return -1
            }
        }
    }
}
