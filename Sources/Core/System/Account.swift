import Glibc

/// A user of this machine, passwd(5).
public struct Account: Sendable {
    /// Login name.
    public let name: String
    /// Home directory.
    public let home: String
    /// Number.
    public let uid: uid_t

    /// The account this process runs as.
    public static let current: Account? = Account { getpwuid_r(geteuid(), $0, $1, $2, $3) }

    /// The account with this name; nil if there is none.
    public init?(named name: String) {
        self.init { getpwnam_r(name, $0, $1, $2, $3) }
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
    }
}
