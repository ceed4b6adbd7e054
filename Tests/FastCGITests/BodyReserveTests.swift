import Testing

@testable import FastCGI

/// Memory for bodies that arrive slowly is shared fairly.
struct BodyReserveTests {
    @Test func `one user cannot use up the memory of all`() {
        let reserve = BodyReserve(limit: 100, share: 40)
        #expect(reserve.reserve(30, for: "ann") == .reserved)
        #expect(reserve.reserve(10, for: "ann") == .reserved)
        #expect(reserve.reserve(1, for: "ann") == .userHasTooMuch)
        #expect(reserve.reserve(40, for: "bob") == .reserved)
        #expect(reserve.reserve(30, for: "carol") == .isFull)
        #expect(reserve.reserve(20, for: "carol") == .reserved)
    }

    @Test func `a single body may be longer than the share`() {
        let reserve = BodyReserve(limit: 100, share: 40)
        #expect(reserve.reserve(90, for: "ann") == .reserved)
        #expect(reserve.reserve(1, for: "ann") == .userHasTooMuch)
        #expect(reserve.reserve(101, for: "bob") == .isFull)
    }

    @Test func `a part that is given back can be taken again`() {
        let reserve = BodyReserve(limit: 100, share: 40)
        for _ in 1...3 {
            #expect(reserve.reserve(40, for: "ann") == .reserved)
            #expect(reserve.reserve(1, for: "ann") == .userHasTooMuch)
            reserve.release(40, of: "ann")
        }
        #expect(reserve.reserve(100, for: "bob") == .reserved)
    }

    @Test func `users whose names differ in bytes have their own shares`() {
        let reserve = BodyReserve(limit: 100, share: 40)
        #expect(reserve.reserve(40, for: "\u{e9}") == .reserved)
        #expect(reserve.reserve(40, for: "e\u{301}") == .reserved)
    }
}
