extension OpenAPISchemas {
  /// What operators read and send.
  static let operators = """
    {
      "StoreNode": {"type":"object","required":["host","port"],"properties":{
        "host":{"type":"string"},"port":{"type":"integer"},"runId":{"type":["string","null"]}}},
      "StoreHealth": {"type":"object",
        "required":["name","mode","healthy","connectionStatus","responseTimeMs","reconnectAttempts","errors",
          "lastError","lastErrorTime","nodes","load"],
        "properties":{
          "name":{"type":"string","description":"cache, session, realtime; with commas for those in one place"},
          "mode":{"type":"string","enum":["standalone","sentinel","cluster"]},
          "healthy":{"type":"boolean"},
          "connectionStatus":{"type":"string","enum":["ready","connecting","reconnecting","error"]},
          "responseTimeMs":{"type":["number","null"]},"reconnectAttempts":{"type":"integer"},
          "errors":{"type":"integer"},"lastError":{"type":["string","null"]},
          "lastErrorTime":{"type":["string","null"],"format":"date-time"},
          "nodes":{"type":"array","items":{"$ref":"#/components/schemas/StoreNode"}},
          "load":{"type":["object","null"],"description":"What the master says of itself (INFO)"}}},
      "CacheState": {"type":"object","required":["status","connected","stores"],"properties":{
        "status":{"type":"string","enum":["healthy","degraded"]},"connected":{"type":"boolean"},
        "stores":{"type":"array","items":{"$ref":"#/components/schemas/StoreHealth"}}}},
      "CacheStats": {"type":"object","required":["memory","shared","namespaces"],"properties":{
        "memory":{"type":"object","required":["hits","misses","hitRate","keys","bytes","evictions"]},
        "shared":{"type":["object","null"],"description":"The tier that instances share; null where there is none"},
        "namespaces":{"type":"array","items":{"type":"object","required":["name","hits","misses"]}},
        "rateLimits":{"type":"object","required":["shared","instances","leases","subjects"]}}},
      "ClusterStatus": {"type":"object","required":["mode","healthy","instances","stores"],"properties":{
        "mode":{"type":"string","enum":["memory","standalone","sentinel","cluster"]},"healthy":{"type":"boolean"},
        "instances":{"type":"integer","description":"Instances of the API heard of within the last seconds"},
        "stores":{"type":"array","items":{"type":"object",
          "required":["name","mode","healthy","connectionStatus","nodes"]}}}},
      "CacheInvalidation": {"type":"object","additionalProperties":false,"required":["tenant"],"properties":{
        "tenant":{"type":"string","minLength":1,"maxLength":100,"description":"Slug or identifier"},
        "tags":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"string","minLength":1,"maxLength":200}},
        "pattern":{"type":"string","minLength":1,"maxLength":500,
          "description":"<namespace>:<tenant>:<rest>, or the rest alone; * stands for any run of characters"}}},
      "CacheInvalidated": {"type":"object","required":["tenant","removed"],"properties":{
        "tenant":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},"pattern":{"type":"string"},
        "removed":{"type":["integer","null"],"description":"Keys that matched a pattern; else not counted"}}},
      "DetailedHealth": {"type":"object","required":["status","checks"],"properties":{
        "status":{"type":"string","enum":["healthy","degraded","unhealthy"]},
        "checks":{"type":"object","required":["redis","cache","database"],"properties":{
          "redis":{"type":"object",
            "required":["status","responseTime","memoryUsed","connectionStatus","reconnectAttempts","lastError",
              "lastErrorTime"],
            "properties":{
              "status":{"type":"string","enum":["healthy","unhealthy","disabled"]},
              "responseTime":{"type":["string","null"],"examples":["5ms"]},
              "memoryUsed":{"type":["string","null"],"examples":["2.5M"]},
              "connectionStatus":{"type":"string"},"reconnectAttempts":{"type":"integer"},
              "lastError":{"type":["string","null"],"description":"For operators; null for others"},
              "lastErrorTime":{"type":["string","null"]},
              "stores":{"type":"array","items":{"$ref":"#/components/schemas/StoreHealth"}}}},
          "cache":{"type":"object","required":["memory","redis"],"properties":{
            "memory":{"type":"object","required":["entries","capacity","utilizationPercent"]},
            "redis":{"type":"object",
              "required":["enabled","status","hits","misses","errors","reconnects","hitRate"]}}},
          "database":{"type":"object","required":["status"]}}}}},
      "PackageReport": {"type":"object","required":["from","to","totals","data"],"properties":{
        "from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"},
        "totals":{"type":"object","required":["views","bookings"],"properties":{
          "views":{"type":["integer","null"]},"bookings":{"type":"integer"}}},
        "data":{"type":"array","description":"The most viewed first","items":{"type":"object",
          "required":["slug","title","views","bookings","days"],"properties":{
            "slug":{"type":"string"},"title":{"type":["string","null"],"description":"Null for one that has gone"},
            "views":{"type":["integer","null"],"description":"Null while the counters are out of reach"},
            "bookings":{"type":"integer","description":"Made on these days, whatever became of them"},
            "days":{"type":"array","description":"Those with views or bookings","items":{"type":"object",
              "required":["date","views","bookings"],"properties":{
                "date":{"type":"string","format":"date"},"views":{"type":["integer","null"]},
                "bookings":{"type":"integer"}}}}}}}}},
      "PlainMetrics": {"type":"object","required":["database","cache","connection_pool"],"properties":{
        "database":{"type":"object",
          "required":["query_count","avg_latency_ms","error_rate_percent","throughput_qps"]},
        "cache":{"type":"object","required":["hits","misses","hit_rate_percent","eviction_rate_percent"]},
        "connection_pool":{"type":"object",
          "required":["total_connections","active_connections","utilization_percent"]}}}
    }
    """
}
