import Caching
import Kernel
import NIOCore

/// The OpenAPI 3.1 description of the API, made from the endpoints that are served.
enum OpenAPIDocument {
  /// The document as JSON.
  static func bytes(of endpoints: [Endpoint]) -> ByteBuffer {
    // Texts and numbers always encode.
    (try? CacheCodec.encode(document(endpoints))) ?? ByteBuffer()
  }

  private static func document(_ endpoints: [Endpoint]) -> JSONValue {
    var paths: [String: [String: JSONValue]] = [:]
    for endpoint in endpoints {
      for template in endpoint.templates {
        let isAlias = template != endpoint.template
        paths[template, default: [:]][endpoint.method.rawValue.lowercased()] = operation(endpoint, isAlias: isAlias)
      }
    }
    return .object([
      "openapi": "3.1.0",
      "info": .object([
        "title": "Tenantry", "version": "1.0.0",
        "description": "A tenant's catalog, availability and bookings. Every GET also answers HEAD.",
      ]),
      "servers": .array([.object(["url": "/"])]),
      "paths": .object(paths.mapValues { .object($0) }),
      "components": .object(["schemas": .object(OpenAPISchemas.all), "securitySchemes": securitySchemes]),
    ])
  }

  private static func operation(_ endpoint: Endpoint, isAlias: Bool) -> JSONValue {
    var operation: [String: JSONValue] = [
      "operationId": .string(endpoint.operation + (isAlias ? "AtRoot" : "")),
      "summary": .string(endpoint.summary),
      "tags": .array([.string(endpoint.tag)]),
      "security": security(endpoint.access),
      "responses": .object(responses(endpoint)),
    ]
    if !endpoint.parameters.isEmpty { operation["parameters"] = .array(endpoint.parameters.map(parameter)) }
    if let body = endpoint.body {
      operation["requestBody"] = .object([
        "required": .bool(body != "BookingNote"),
        "content": content(endpoint.bodyMediaTypes, schema: body),
      ])
    }
    return .object(operation)
  }

  private static func responses(_ endpoint: Endpoint) -> [String: JSONValue] {
    var responses: [String: JSONValue] = [:]
    for answer in endpoint.answers + endpoint.commonAnswers {
      var response: [String: JSONValue] = ["description": .string(answer.summary)]
      if let schema = answer.schema { response["content"] = content(answer.mediaTypes, schema: schema) }
      responses[String(answer.status)] = .object(response)
    }
    return responses
  }

  private static func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
    .object([
      "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
      "description": .string(parameter.summary), "required": .bool(parameter.isRequired),
      "schema": OpenAPISchemas.parse(parameter.schema),
    ])
  }

  private static func content(_ mediaTypes: [String], schema: String) -> JSONValue {
    let form: JSONValue = .object(["schema": .object(["$ref": .string("#/components/schemas/\(schema)")])])
    return .object(Dictionary(mediaTypes.map { ($0, form) }) { first, _ in first })
  }

  private static func security(_ access: Endpoint.Access) -> JSONValue {
    let names: [String] =
      switch access {
      case .open: []
      case .storefront: ["tenantKey"]
      case .staff: ["secretKey"]
      case .staffOrCustomer: ["secretKey", "tenantKey"]
      case .operators, .operatorsOrLocal: ["operatorToken"]
      }
    return .array(names.map { .object([$0: .array([])]) })
  }

  private static let securitySchemes: JSONValue = .object([
    "tenantKey": .object([
      "type": "apiKey", "in": "header", "name": "X-Tenant-Key",
      "description": "A publishable key, pk_live_… or pk_test_…",
    ]),
    "secretKey": .object([
      "type": "http", "scheme": "bearer", "description": "A secret key, sk_live_… or sk_test_…",
    ]),
    "operatorToken": .object([
      "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
      "description": "An operator's token, of `tenantry token issue`",
    ]),
  ])
}

extension Endpoint {
  /// The problems that every route of this kind may answer with.
  var commonAnswers: [Answer] {
    var answers = [Answer.problem(500, "Something went wrong here")]
    if access != .open {
      answers += [
        .problem(400, "A parameter or the body is malformed"), .problem(401, "The key is missing or unknown"),
        .problem(403, "The key is of the wrong kind, or its tenant is suspended"),
        .problem(429, "Too many requests"), .problem(503, "The store is out of reach, or too busy"),
      ]
    }
    if body != nil { answers.append(.problem(413, "The body is too large: 1 MiB, 64 MiB for an import")) }
    return answers
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}
