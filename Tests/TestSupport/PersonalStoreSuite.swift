import Core
import Testing

/// The tests that every store of favourites and presets must pass. Each function gets an empty store.
package struct PersonalStoreSuite: Sendable {
    /// The name of the test.
    package let name: String
    /// The test.
    package let check: @Sendable (any PersonalStore & AuditStore) throws -> Void

    package static let all: [PersonalStoreSuite] = [
        .init(name: "favourites are kept by user, oldest first, up to a limit", check: keepsFavourites),
        .init(name: "presets are kept, replaced, shared and removed", check: keepsPresets),
        .init(name: "a user has at most so many presets", check: limitsPresets),
        .init(name: "changes of shared presets are in the audit, and no others", check: auditsSharedPresets),
    ]

    private static let ann = AuditActor(instance: "a", user: "ann@lab", means: .webServer)

    static func keepsFavourites(_ store: any PersonalStore) throws {
        let names = ["z", "a", "ä'\"%_", "Z"]
        for (index, name) in names.enumerated() {
            #expect(try store.addFavourite(name, of: "ann@lab", at: Int64(index), limit: 4))
        }
        #expect(try store.favourites(of: "ann@lab") == names)
        #expect(try store.addFavourite("z", of: "ann@lab", at: 9, limit: 4), "It is a favourite already.")
        #expect(try !store.addFavourite("more", of: "ann@lab", at: 9, limit: 4))
        #expect(try store.addFavourite("more", of: "bob@lab", at: 9, limit: 4))
        #expect(try store.favourites(of: "ANN@lab").isEmpty)
        try store.removeFavourite("a", of: "bob@lab")
        try store.removeFavourite("a", of: "ann@lab")
        try store.removeFavourite("a", of: "ann@lab")
        #expect(try store.favourites(of: "ann@lab") == ["z", "ä'\"%_", "Z"])
        #expect(try store.favourites(of: "bob@lab") == ["more"])
    }

    static func keepsPresets(_ store: any PersonalStore) throws {
        func preset(_ user: String, _ name: String, isShared: Bool = false, params: String = "--x='y z'\n") -> Preset {
            Preset(user: user, isShared: isShared, command: "c", name: name, params: params, savedAt: 7)
        }
        func numbered(_ preset: Preset, _ id: Int64) -> Preset {
            var numbered = preset
            numbered.id = id
            return numbered
        }
        let own = try #require(try store.save(preset("ann@lab", "b"), limit: 9, by: ann))
        let shared = try #require(try store.save(preset("root@lab", "a", isShared: true), limit: 9, by: ann))
        let others = try #require(try store.save(preset("bob@lab", "b"), limit: 9, by: ann))
        #expect(
            try store.presets(for: "ann@lab") == [
                numbered(preset("root@lab", "a", isShared: true), shared), numbered(preset("ann@lab", "b"), own),
            ])
        #expect(try store.preset(others) == numbered(preset("bob@lab", "b"), others))
        #expect(try store.preset(others + 100) == nil)
        #expect(try store.save(preset("ann@lab", "b", params: ""), limit: 9, by: ann) == own)
        #expect(try store.preset(own)?.params.isEmpty == true)
        #expect(try store.save(preset("root@lab", "a", isShared: false), limit: 9, by: ann) == shared)
        #expect(try store.presets(for: "ann@lab").map(\.id) == [own])
        #expect(try store.removePreset(own, by: ann))
        #expect(try !store.removePreset(own, by: ann))
        #expect(try store.presets(for: "ann@lab").isEmpty)
    }

    static func auditsSharedPresets(_ store: any PersonalStore & AuditStore) throws {
        func save(_ name: String, isShared: Bool, params: String = "") throws -> Int64 {
            let preset = Preset(
                user: "ann@lab", isShared: isShared, command: "c", name: name, params: params, savedAt: 0)
            return try #require(try store.save(preset, limit: 9, by: ann))
        }
        _ = try save("own", isShared: false)
        let shared = try save("shared", isShared: true, params: "x")
        _ = try save("shared", isShared: true, params: "y")
        _ = try save("shared", isShared: false)
        let again = try save("again", isShared: true)
        #expect(try store.removePreset(again, by: ann))
        #expect(try store.removePreset(shared, by: ann))
        let entries = try store.auditEntries(of: "a", after: 0, limit: 9)
        #expect(
            entries.map { "\($0.event) \($0.subject ?? "")" } == [
                "preset_shared \(shared)", "preset_shared \(shared)", "preset_unshared \(shared)",
                "preset_shared \(again)", "preset_unshared \(again)",
            ])
        #expect(entries.first?.details == #"{"command":"c","name":"shared","parameters":"x"}"#)
        #expect(entries.last?.details == #"{"command":"c","name":"again","owner":"ann@lab"}"#)
        #expect(entries.allSatisfy { $0.user == "ann@lab" })
    }

    static func limitsPresets(_ store: any PersonalStore) throws {
        func save(_ name: String, of user: String) throws -> Int64? {
            try store.save(
                Preset(user: user, isShared: false, command: "c", name: name, params: "", savedAt: 0), limit: 2,
                by: ann)
        }
        #expect(try save("a", of: "ann@lab") != nil)
        #expect(try save("b", of: "ann@lab") != nil)
        #expect(try save("c", of: "ann@lab") == nil)
        #expect(try save("a", of: "ann@lab") != nil, "It replaces one.")
        #expect(try save("c", of: "bob@lab") != nil)
    }
}
