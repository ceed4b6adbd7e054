import Core
import HTTPTypes

/// `GET /personal`: the favourites and presets of a person.
struct PersonalEndpoint: Endpoint {
    let personal: KeepPersonal

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        try JSON.response(PersonalEntries(try personal.kept(by: person), person: person))
    }
}

/// `POST /favourites`: makes a command a favourite, or no longer.
struct FavouriteEndpoint: Endpoint {
    let personal: KeepPersonal

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let fields = try PersonalFields(request, known: ["command", "favourite"])
        try HTTPError.from {
            try personal.setFavourite(
                try fields.text("command"), try fields.truth("favourite") ?? true, of: person)
        }
        return try JSON.response(["favourites": try personal.kept(by: person).favourites])
    }
}

/// `POST /presets`: saves a preset.
struct SavePresetEndpoint: Endpoint {
    let personal: KeepPersonal

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let fields = try PersonalFields(request, known: ["command", "name", "params", "shared"])
        let preset = try HTTPError.from {
            try personal.save(
                command: try fields.text("command"), name: try fields.text("name"),
                params: try fields.text("params", mayBeEmpty: true), isShared: try fields.truth("shared") ?? false,
                by: person)
        }
        return try JSON.response(["preset": PersonalEntries.Entry(preset, person: person)])
    }
}

/// `POST /presets/{preset}/delete`: removes a preset.
struct DeletePresetEndpoint: Endpoint {
    let personal: KeepPersonal

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let id = try values.preset
        try HTTPError.from { try personal.removePreset(id, by: person) }
        return try JSON.response(["id": id])
    }
}

/// Favourites and presets as they are answered.
struct PersonalEntries: Encodable {
    let favourites: [String]
    let presets: [Entry]

    struct Entry: Encodable {
        let id: Int64
        let command: String
        let name: String
        let params: String
        let shared: Bool
        /// Whether the person may delete it.
        let can_delete: Bool

        init(_ preset: Preset, person: Person) {
            id = preset.id
            command = preset.command
            name = preset.name
            params = preset.params
            shared = preset.isShared
            can_delete = preset.user == person.identifier || (preset.isShared && person.isSuperUser)
        }
    }

    init(_ kept: KeepPersonal.Kept, person: Person) {
        favourites = kept.favourites
        presets = kept.presets.map { Entry($0, person: person) }
    }
}

/// The fields of a body.
private struct PersonalFields {
    private let fields: [String: JSONValue]

    /// - Throws: ``HTTPError``: 422 if a field is unknown, and what `Request.body` throws.
    init(_ request: Request, known: Set<String>) throws {
        fields = try Request.jsonFields(of: try request.body())
        if let unknown = fields.keys.filter({ !known.contains($0) }).min() {
            let names = known.sorted().joined(separator: ", ")
            throw HTTPError.invalid(unknown, "This field is unknown. The fields are \(names).")
        }
    }

    func text(_ name: String, mayBeEmpty: Bool = false) throws(HTTPError) -> String {
        guard case .text(let text)? = fields[name], mayBeEmpty || !text.isEmpty else {
            throw .invalid(name, "The \(name) field is required, as text.")
        }
        return text
    }

    func truth(_ name: String) throws(HTTPError) -> Bool? {
        switch fields[name] {
        case nil, .null: nil
        case .truth(let truth): truth
        default: throw .invalid(name, "The \(name) must be true or false.")
        }
    }
}

extension HTTPError {
    /// Runs a use case of ``KeepPersonal`` and turns its errors into answers.
    fileprivate static func from<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as KeepPersonalError {
            if let field = error.field { throw HTTPError.invalid(field, error.sentence) }
            throw HTTPError(error == .unknownPreset ? .notFound : .conflict, error.sentence)
        }
    }
}
