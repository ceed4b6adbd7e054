import Glibc

/// A user of this machine, passwd(5).
package struct Account: Sendable {
    /// Login name.
    package let name: String
    /// Home directory.
    package let home: String
    /// User ID.
    package let uid: uid_t
    /// ID of the main group.
    package let group: gid_t

    /// The account that runs this process.
    package static let current: Account? = Account { getpwuid_r(geteuid(), $0, $1, $2, $3) }

    /// The account with a name; nil if there is none.
    package init?(named name: String) {
        self.init { getpwnam_r(name, $0, $1, $2, $3) }
    }

    /// The account with a user ID; nil if there is none.
    package init?(uid: uid_t) {
        self.init { getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// Changes the user of this process from root to the owner of a directory. Files that it creates there then belong
    /// to the user of the service.
    ///
    /// It does nothing if the process does not run as root, or if the directory does not exist or belongs to root.
    package static func becomeOwner(of directory: String) throws(SystemError) {
        guard geteuid() == 0, let path = try? RealPath.resolve(directory),
            let owner = FileStatus(ofPath: path)?.owner, owner != 0
        else { return }
        guard let account = Account(uid: owner) else {
            throw SystemError("getpwuid", "the owner of \(path)", code: ENOENT)
        }
        guard initgroups(account.name, account.group) == 0, setgid(account.group) == 0, setuid(account.uid) == 0
        else { throw SystemError("setuid", account.name) }
    }

    /// Runs `body` as the owner of a directory, if this process runs as root, and becomes root again (seteuid(2)).
    ///
    /// Files that `body` creates belong to the owner, and files that it opens stay open.
    package static func actingAsOwner<Value>(of directory: String, _ body: () throws -> Value) throws -> Value {
        guard geteuid() == 0, let path = try? RealPath.resolve(directory),
            let owner = FileStatus(ofPath: path)?.owner, owner != 0
        else { return try body() }
        guard let account = Account(uid: owner) else {
            throw SystemError("getpwuid", "the owner of \(path)", code: ENOENT)
        }
        guard setegid(account.group) == 0, seteuid(owner) == 0 else { throw SystemError("seteuid", account.name) }
        defer {
            // Real user and group are still root, so this cannot fail.
            _ = seteuid(0)
            _ = setegid(0)
        }
        return try body()
    }

    /// Runs `body` with the rights of this account, if this process runs as root, and becomes root again.
    ///
    /// - Returns: nil if this process does not run as root.
    package func acting<Value>(_ body: () -> Value) -> Value? {
        guard geteuid() == 0 else { return nil }
        var before = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        guard getgroups(Int32(before.count), &before) >= 0, initgroups(name, group) == 0 else { return nil }
        defer {
            // Real user and group are still root, so this cannot fail.
            _ = seteuid(0)
            _ = setegid(0)
            _ = setgroups(before.count, before)
        }
        guard setegid(group) == 0, seteuid(uid) == 0 else { return nil }
        return body()
    }

    /// Whether this account may use a file or a directory: `R_OK`, `W_OK`, `X_OK` of access(2). Nil if only root could
    /// know.
    package func may(_ right: Int32, _ path: String) -> Bool? {
        if geteuid() == uid { return faccessat(AT_FDCWD, path, right, AT_EACCESS) == 0 }
        return acting { faccessat(AT_FDCWD, path, right, AT_EACCESS) == 0 }
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private init?(_ lookup: Lookup) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard lookup(&entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name, let home = entry.pw_dir
        else { return nil }
        self.name = String(cString: name)
        self.home = String(cString: home)
        uid = entry.pw_uid
        group = entry.pw_gid
    }
}
