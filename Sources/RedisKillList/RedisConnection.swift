import CHiredis
import Core
import Glibc

/// A connection to Redis, logged in to a database. Belongs to one thread at a time.
final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>

    /// - Parameters:
    ///   - server: The address and credentials.
    ///   - timeout: Time limit for connecting and for each answer, in milliseconds.
    init(_ server: CacheServer, timeout: Int) throws(KillListError) {
        let timeout = timeval(tv_sec: timeout / 1000, tv_usec: timeout % 1000 * 1000)
        var made = Self.connect(server.place, timeout)
        // connect(2): a Unix socket may fail with EAGAIN, which hiredis takes for a final error.
        for _ in 1...50 {
            guard let failed = made, failed.pointee.err == REDIS_ERR_IO, case .unix = server.place,
                Self.text(failed) == SystemError.text(of: EAGAIN)
            else { break }
            redisFree(failed)
            usleep(2000)
            made = Self.connect(server.place, timeout)
        }
        guard let made else { throw KillListError.unreachable("out of memory") }
        context = made
        guard context.pointee.err == 0 else { throw failure() }
        // hiredis opens its sockets without close-on-exec.
        _ = fcntl(context.pointee.fd, F_SETFD, FD_CLOEXEC)
        guard redisSetTimeout(context, timeout) == REDIS_OK else { throw failure() }
        if case .host = server.place { _ = redisEnableKeepAlive(context) }
        if let password = try Self.password(server) {
            try command(["AUTH"] + [server.user].compactMap(\.self) + [password])
        }
        if server.database != 0 { try command(["SELECT", "\(server.database)"]) }
    }

    deinit {
        redisFree(context)
    }

    /// The descriptor, for poll(2).
    var descriptor: Int32 { context.pointee.fd }

    /// Sends a command and waits for its answer. Words may contain any bytes.
    ///
    /// After `KillListError.unreachable` the connection is unusable.
    @discardableResult
    func command(_ words: [String]) throws(KillListError) -> RedisReply {
        try send(words)
        var answer: UnsafeMutableRawPointer?
        guard redisGetReply(context, &answer) == REDIS_OK else { throw failure() }
        return try Self.take(answer) ?? .other
    }

    /// Reads and discards notifications. Call it when the descriptor is readable.
    func drain() throws(KillListError) {
        guard redisBufferRead(context) == REDIS_OK else { throw failure() }
        while true {
            var answer: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &answer) == REDIS_OK else { throw failure() }
            guard try Self.take(answer) != nil else { return }
        }
    }

    private static func take(_ answer: UnsafeMutableRawPointer?) throws(KillListError) -> RedisReply? {
        guard let answer else { return nil }
        defer { freeReplyObject(answer) }
        return try RedisReply(answer.assumingMemoryBound(to: redisReply.self).pointee)
    }

    /// hiredis writes with write(2), and SIGPIPE would end a broker whose server has closed the connection.
    private func send(_ words: [String]) throws(KillListError) {
        let text = words.flatMap { $0.utf8.map(CChar.init(bitPattern:)) }
        let lengths = words.map(\.utf8.count)
        var formatted: UnsafeMutablePointer<CChar>?
        let length = text.withUnsafeBufferPointer { text in
            var offset = 0
            var starts = lengths.map { length in
                defer { offset += length }
                return text.baseAddress.map { $0 + offset }
            }
            return redisFormatCommandArgv(&formatted, Int32(words.count), &starts, lengths)
        }
        guard length > 0, let formatted else { throw KillListError.unreachable("out of memory") }
        defer { redisFreeCommand(formatted) }
        var sent = 0
        while sent < Int(length) {
            let count = Glibc.send(descriptor, formatted + sent, Int(length) - sent, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
            } else if errno != EINTR {
                throw KillListError.unreachable(SystemError.text(of: errno))
            }
        }
    }

    private func failure() -> KillListError {
        .unreachable("Redis: \(Self.text(context))")
    }

    private static func text(_ context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func connect(
        _ place: CacheServer.Place, _ timeout: timeval
    ) -> UnsafeMutablePointer<redisContext>? {
        switch place {
        case .host(let host, let port): redisConnectWithTimeout(host, Int32(port), timeout)
        case .unix(let path): redisConnectUnixWithTimeout(path, timeout)
        }
    }

    private static func password(_ server: CacheServer) throws(KillListError) -> String? {
        guard let file = server.passwordFile else { return server.password?.text }
        do throws(SystemError) {
            return try Password(firstLineOf: file).text
        } catch {
            throw KillListError.refused("the password in \(file) cannot be read: \(SystemError.text(of: error.code))")
        }
    }
}
