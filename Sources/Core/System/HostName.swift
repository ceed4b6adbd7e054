import Glibc

/// What this machine calls itself, gethostname(2).
enum HostName {
    /// The name; `localhost` where there is none.
    static var current: String {
        // HOST_NAME_MAX is 64 on Linux; the terminating NUL comes on top.
        var buffer = [CChar](repeating: 0, count: 65)
        let result = gethostname(&buffer, 64)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return result == 0 && !name.isEmpty ? name : "localhost"
    }
}
