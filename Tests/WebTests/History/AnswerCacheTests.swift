import Core
import TestSupport
import Testing

@testable import Web

struct AnswerCacheTests {
    private static func key(_ name: String, roles: Set<String> = [], isSuperUser: Bool = false) throws -> CacheKey {
        var key = CacheKey()
        key.add(try #require(Person(identifier: name, roles: roles, isSuperUser: isSuperUser)))
        return key
    }

    @Test func `an answer is kept until the store changes or the time is over`() throws {
        let cache = AnswerCache()
        let key = try Self.key("ann")
        var made = 0
        func ask(_ counter: Int64?, at now: Int64) -> UInt8 {
            cache.answer(for: key, counter: counter, now: now) {
                made += 1
                return [UInt8(made)]
            }[0]
        }
        #expect(ask(7, at: 0) == 1)
        #expect(ask(7, at: AnswerCache.lifetime - 1) == 1)
        #expect(ask(7, at: AnswerCache.lifetime) == 2)
        #expect(ask(8, at: AnswerCache.lifetime) == 3)
        #expect(ask(nil, at: AnswerCache.lifetime) == 4, "a store without a counter")
        #expect(ask(8, at: AnswerCache.lifetime) == 3)
    }

    @Test func `the key tells people and rights apart, byte for byte`() throws {
        let keys = try [
            Self.key("ann"), Self.key("ann", roles: ["A"]), Self.key("ann", roles: ["B"]),
            Self.key("ann", roles: ["A", "B"]), Self.key("ann", roles: ["AB"]), Self.key("ann", isSuperUser: true),
            Self.key("\u{E9}"), Self.key("e\u{301}"), Self.key("annA"),
        ].map(\.bytes)
        #expect(Set(keys).count == keys.count)
        #expect(try Self.key("ann", roles: ["A", "B"]).bytes == Self.key("ann", roles: ["B", "A"]).bytes)
    }

    @Test func `many answers do not fill the memory`() throws {
        let cache = AnswerCache()
        for number in 0..<100 {
            let key = try Self.key("user \(number)")
            #expect(
                cache.answer(for: key, counter: 1, now: 0) { [UInt8](repeating: 1, count: 100_000) }.count == 100_000)
        }
        #expect(cache.size <= AnswerCache.limit)
    }

    @Test func `a change of the history or of another person's view is seen at once`() throws {
        let site = try TestSite()
        for number in 1...3 {
            try site.insert(parameters: "\(number)")
            for user in ["ann@lab", "bob@lab", "root@lab"] {
                let total = try site.get("/history", as: user).json["total"]?.number
                #expect(total == (user == "bob@lab" ? 0 : Double(number)), "\(user)")
            }
        }
    }
}
