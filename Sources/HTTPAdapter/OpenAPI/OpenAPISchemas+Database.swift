extension OpenAPISchemas {
  /// What operators read of the database's statements.
  static let database = """
    {
      "SlowQueries": {"type":"object","required":["thresholdMs","data","repeated"],
        "properties":{
          "thresholdMs":{"type":"number","description":"What takes longer is slow (DATABASE_SLOW_QUERY)"},
          "data":{"type":"array","description":"Those that took most time in all first",
            "items":{"$ref":"#/components/schemas/SlowQuery"}},
          "repeated":{"type":"array","description":"Statements that single requests executed many times over (N+1)",
            "items":{"type":"object","required":["fingerprint","name","requests","most"],
              "properties":{
                "fingerprint":{"type":"string"},"name":{"type":["string","null"]},
                "requests":{"type":"integer","description":"Requests that did it"},
                "most":{"type":"integer","description":"The most executions in one request"}}}}}},
      "SlowQuery": {"type":"object",
        "required":["fingerprint","name","count","totalMs","meanMs","p50Ms","p95Ms","p99Ms","maxMs","lastSeen",
          "histogram","plan"],
        "properties":{
          "fingerprint":{"type":"string","description":"The statement, literals and parameters replaced by ?"},
          "name":{"type":["string","null"]},"count":{"type":"integer"},
          "totalMs":{"type":"number"},"meanMs":{"type":"number"},"p50Ms":{"type":"number"},"p95Ms":{"type":"number"},
          "p99Ms":{"type":"number"},"maxMs":{"type":"number"},"lastSeen":{"type":"string","format":"date-time"},
          "histogram":{"type":"array","items":{"type":"object","required":["leMs","count"],
            "properties":{"leMs":{"type":["number","null"],"description":"Upper bound; null for any length"},
              "count":{"type":"integer"}}}},
          "plan":{"type":["array","null"],"description":"EXPLAIN of a SELECT, from the outermost step",
            "items":{"type":"object","required":["depth","step","table","index","filter","rows","cost"],
              "properties":{
                "depth":{"type":"integer"},"step":{"type":"string","examples":["Seq Scan"]},
                "table":{"type":["string","null"]},"index":{"type":["string","null"]},
                "filter":{"type":["string","null"]},"rows":{"type":"number"},"cost":{"type":"number"}}}}}},
      "Suggestions": {"type":"object","required":["data"],
        "properties":{"data":{"type":"array","items":{"type":"object",
          "required":["kind","fingerprint","reason","table","columns","statement"],
          "properties":{
            "kind":{"type":"string","enum":["index","n-plus-one"]},"fingerprint":{"type":"string"},
            "reason":{"type":"string"},"table":{"type":["string","null"]},
            "columns":{"type":["array","null"],"items":{"type":"string"}},
            "statement":{"type":["string","null"],"description":"What makes the index"}}}}}}
    }
    """
}
