/// Checks uploads and turns them into files of the job. Their paths become the values of the parameters.
struct UploadValidator {
    private let parameters: [Parameter]

    init(_ definition: CommandDefinition) {
        parameters = definition.files
    }

    /// Refuses files in a line of parameters. A line contains at most their names, so they have to be chosen again.
    func refuseFiles(in values: ParameterValues) throws(InvalidInputError) {
        let given = parameters.filter {
            values.arguments[$0.name] != nil || values.options[$0.name] != nil || $0.isRequired
        }
        guard given.isEmpty else {
            let problems = given.map {
                (
                    $0.name,
                    [
                        Sentence(
                            "file.line", "The file \($0.name, as: "name") is not part of a line. Choose the file again."
                        )
                    ]
                )
            }
            throw InvalidInputError(Dictionary(problems) { first, _ in first })
        }
    }

    /// Replaces the client's file names by paths below `directory`.
    ///
    /// - Throws: ``InvalidInputError`` if files are too large or of another type.
    func replaceNames(
        in values: ParameterValues, withPathsBelow directory: String
    ) throws(InvalidInputError) -> (values: ParameterValues, files: [PlacedUpload]) {
        var placed = values
        var files: [PlacedUpload] = []
        var problems: [String: [Sentence]] = [:]
        for parameter in parameters {
            guard let type = parameter.type as? FileType, let uploads = values.uploads[parameter.name] else { continue }
            let (maxBytes, suffix) = (type.maxBytes, type.suffix)
            if uploads.reduce(0, { $0 + $1.bytes.count }) > maxBytes {
                problems[parameter.name] = [
                    Sentence(
                        "file.size",
                        "The file \(parameter.name, as: "name") must have at most \(maxBytes, as: "max") bytes.")
                ]
            } else if !uploads.allSatisfy({ $0.clientName.lowercased().hasSuffix(suffix.lowercased()) }) {
                problems[parameter.name] = [
                    Sentence(
                        "file.suffix",
                        "The name of the file \(parameter.name, as: "name") must end with \(suffix, as: "suffix").")
                ]
            }
            let named = uploads.enumerated().map { index, upload in
                PlacedUpload(
                    fileName: parameter.name + (index == 0 ? "" : ".\(index + 1)") + suffix, bytes: upload.bytes)
            }
            let paths = named.map { "\(directory)/\($0.fileName)" }
            if parameter.kind == .argument {
                placed.arguments[parameter.name] = paths
            } else {
                placed.options[parameter.name] = paths
            }
            files += named
        }
        guard problems.isEmpty else { throw InvalidInputError(problems) }
        return (placed, files)
    }
}
