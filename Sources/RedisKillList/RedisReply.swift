import CHiredis
import Core

/// An answer of Redis, as far as a kill list needs it.
enum RedisReply: Equatable {
    case text(String)
    case list([RedisReply])
    /// A number or nil.
    case other

    /// Copies an answer. Throws `KillListError.refused` with the message of the server if it is an error.
    init(_ reply: redisReply) throws(KillListError) {
        switch reply.type {
        case REDIS_REPLY_ERROR: throw KillListError.refused(Self.text(reply))
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.text(reply))
        case REDIS_REPLY_ARRAY:
            var members: [RedisReply] = []
            for index in 0..<reply.elements {
                if let member = reply.element?[index] { members.append(try RedisReply(member.pointee)) }
            }
            self = .list(members)
        default: self = .other
        }
    }

    private static func text(_ reply: redisReply) -> String {
        let bytes = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
        return String(decoding: bytes, as: UTF8.self)
    }
}
