/// A group of commands on the page.
package struct CommandCategory: Sendable, Equatable {
    package let name: String
    /// Its place among the categories, from 0; nil for those that `commands.categories` does not have. They come last.
    package var order: Int?
    package var icon: Icon?
    package var colour: Colour?

    /// The icons that the page has.
    package enum Icon: String, Sendable, CaseIterable {
        case bell, bug, chart, clock, cloud, database, file, gear, lock, mail, people, terminal, truck, wrench
    }

    /// Colours that are readable on light and dark backgrounds.
    package enum Colour: String, Sendable, CaseIterable {
        case blue, green, grey, purple, red, yellow
    }

    package init(name: String, order: Int? = nil, icon: Icon? = nil, colour: Colour? = nil) {
        self.name = name
        self.order = order
        self.icon = icon
        self.colour = colour
    }

    /// The category in `GET /commands`.
    var json: JSONValue {
        .object([
            "name": .text(name), "order": order.map { .number(Double($0)) } ?? .null,
            "icon": icon.map { .text($0.rawValue) } ?? .null,
            "colour": colour.map { .text($0.rawValue) } ?? .null,
        ])
    }
}

extension CommandCategory {
    /// Reads `commands.categories`, a list in the order of the page.
    static func read(_ section: ConfigurationSection) -> [String: CommandCategory] {
        var categories: [String: CommandCategory] = [:]
        for (order, entry) in section.sections("categories").enumerated() {
            let icons = Dictionary(uniqueKeysWithValues: Icon.allCases.map { ($0.rawValue, $0) })
            let colours = Dictionary(uniqueKeysWithValues: Colour.allCases.map { ($0.rawValue, $0) })
            let name = entry.printable("name")
            let category = CommandCategory(
                name: name ?? "", order: order, icon: entry.choice("icon", icons),
                colour: entry.choice("colour", colours))
            if name == nil, !entry.has("name") { entry.problem("name is missing. Add the name of the category.") }
            if let name, categories.updateValue(category, forKey: name) != nil {
                entry.problem("another category has this name. Remove one of them.", at: "name")
            }
            entry.finish()
        }
        return categories
    }
}

extension ConfigurationSection {
    /// A text of one line of 1 to 100 bytes.
    func printable(_ key: String) -> String? {
        guard let text = string(key) else { return nil }
        guard !text.isEmpty, text.utf8.count <= 100, text.sanitized == text else {
            problem("expected 1 to 100 bytes of printable text.", at: key)
            return nil
        }
        return text
    }
}
