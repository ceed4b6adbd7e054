import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Access control lists.
@Suite struct GrantTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `a grant adds one user and leaves everybody else as they were`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        try Data([1]).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        try #require(system_grant(path, 4321, 4) == 0, "the file system has access control lists")
        // The bits of the group show the mask of the list. chmod(2) changes the mask, and not the entry of the user.
        #expect(mode(path) == 0o640)
        #expect(system_grant(path, 4321, 4) == 0)
        #expect(system_grant(path, 4322, 4) == 0)
        #expect(mode(path) == 0o640)
        chmod(path, 0o600)
        #expect(system_grant(path, 4321, 4) == 0)
        #expect(mode(path) == 0o640, "A mask that chmod has narrowed is widened again.")
        chmod(path, 0o444)
        #expect(system_grant(path, 4321, 2) == 0)
        #expect(mode(path) == 0o464)
    }

    @Test func `a link is not followed, and a missing file is an error`() throws {
        let directory = try TemporaryDirectory()
        try Data([1]).write(to: URL(fileURLWithPath: directory.path + "/file"))
        symlink("file", directory.path + "/link")
        chmod(directory.path + "/file", 0o600)
        #expect(system_grant(directory.path + "/link", 4321, 4) == -1)
        #expect(mode(directory.path + "/file") == 0o600)
        #expect(system_grant(directory.path + "/none", 4321, 4) == -1)
    }
}
