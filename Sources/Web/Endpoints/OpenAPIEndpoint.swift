import Core

/// `GET /openapi.json`: the routes for machines, OpenAPI 3.1.
struct OpenAPIEndpoint: Endpoint {
    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        Response(headers: [JSON.contentType], body: .bytes(PackageResources.openapi_json))
    }
}
