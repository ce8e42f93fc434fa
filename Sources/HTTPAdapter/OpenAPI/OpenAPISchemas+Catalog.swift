extension OpenAPISchemas {
  /// What is read of the catalog and of availability.
  static let records = """
    {
      "Package": {"type":"object","additionalProperties":false,
        "required":["id","slug","title","description","priceCents","currency","segment","grouping","groupingOrder",
          "status","photos","addOns","createdAt","updatedAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"slug":{"type":"string"},"title":{"type":"string"},
          "description":{"type":"string"},"priceCents":{"type":"integer","minimum":0},"currency":{"type":"string"},
          "segment":{"type":["string","null"]},"grouping":{"type":["string","null"]},
          "groupingOrder":{"type":"integer"},"status":{"type":"string","enum":["draft","published","archived"]},
          "photos":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["url","alt"],
            "properties":{"url":{"type":"string"},"alt":{"type":"string"}}}},
          "addOns":{"type":"array","items":{"type":"object","additionalProperties":false,
            "required":["id","slug","title","priceCents"],
            "properties":{"id":{"type":"string","format":"uuid"},"slug":{"type":"string"},
              "title":{"type":"string"},"priceCents":{"type":"integer","minimum":0}}}},
          "createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"}}},
      "Segment": {"type":"object","additionalProperties":false,
        "required":["id","slug","name","description","sortOrder","active","createdAt","updatedAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"slug":{"type":"string"},"name":{"type":"string"},
          "description":{"type":["string","null"]},"sortOrder":{"type":"integer"},"active":{"type":"boolean"},
          "createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"}}},
      "AddOn": {"type":"object","additionalProperties":false,
        "required":["id","slug","title","description","priceCents","segment","active","createdAt","updatedAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"slug":{"type":"string"},"title":{"type":"string"},
          "description":{"type":["string","null"]},"priceCents":{"type":"integer","minimum":0},
          "segment":{"type":["string","null"]},"active":{"type":"boolean"},
          "createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"}}},
      "Venue": {"type":"object","additionalProperties":false,
        "required":["id","name","city","address","capacity","active","createdAt","updatedAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"city":{"type":"string"},
          "address":{"type":["string","null"]},"capacity":{"type":["integer","null"]},"active":{"type":"boolean"},
          "createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"}}},
      "Blackout": {"type":"object","additionalProperties":false,
        "required":["id","date","reason","createdAt","updatedAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"date":{"type":"string","format":"date"},
          "reason":{"type":["string","null"]},
          "createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"}}},
      "Day": {"type":"object","additionalProperties":false,"required":["date","available","reason","remaining"],
        "properties":{
          "date":{"type":"string","format":"date"},"available":{"type":"boolean"},
          "reason":{"type":["string","null"],"enum":["booked","blackout","past",null]},
          "remaining":{"type":"integer","minimum":0}}},
      "DayList": {"type":"object","additionalProperties":false,"required":["data"],
        "properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/Day"}}}}
    }
    """

  /// What staff write of the catalog and of availability.
  static let bodies = """
    {
      "PackageBody": {"type":"object","additionalProperties":false,"required":["slug","title","priceCents"],
        "properties":{
          "slug":{"$ref":"#/components/schemas/Slug"},"title":{"type":"string","minLength":1,"maxLength":200},
          "description":{"type":["string","null"],"maxLength":5000},
          "priceCents":{"type":"integer","minimum":0,"maximum":1000000000},
          "currency":{"type":["string","null"],"description":"ISO 4217; the tenant's when absent"},
          "segmentSlug":{"type":["string","null"]},"grouping":{"type":["string","null"],"maxLength":100},
          "groupingOrder":{"type":["integer","null"],"minimum":-1000000,"maximum":1000000},
          "status":{"type":["string","null"],"enum":["draft","published","archived",null],
            "description":"draft when absent"},
          "photos":{"type":["array","null"],"maxItems":50,"items":{"type":"object","additionalProperties":false,
            "required":["url"],"properties":{"url":{"type":"string","maxLength":2000},
              "alt":{"type":["string","null"],"maxLength":300}}}},
          "addOnSlugs":{"type":["array","null"],"maxItems":50,"items":{"$ref":"#/components/schemas/Slug"}}}},
      "SegmentBody": {"type":"object","additionalProperties":false,"required":["slug","name"],
        "properties":{
          "slug":{"$ref":"#/components/schemas/Slug"},"name":{"type":"string","minLength":1,"maxLength":200},
          "description":{"type":["string","null"],"maxLength":5000},
          "sortOrder":{"type":["integer","null"],"minimum":-1000000,"maximum":1000000},
          "active":{"type":["boolean","null"],"description":"true when absent"}}},
      "AddOnBody": {"type":"object","additionalProperties":false,"required":["slug","title","priceCents"],
        "properties":{
          "slug":{"$ref":"#/components/schemas/Slug"},"title":{"type":"string","minLength":1,"maxLength":200},
          "description":{"type":["string","null"],"maxLength":5000},
          "priceCents":{"type":"integer","minimum":0,"maximum":1000000000},
          "segmentSlug":{"type":["string","null"]},
          "active":{"type":["boolean","null"],"description":"true when absent"}}},
      "VenueBody": {"type":"object","additionalProperties":false,"required":["name","city"],
        "properties":{
          "name":{"type":"string","minLength":1,"maxLength":200},
          "city":{"type":"string","minLength":1,"maxLength":100},
          "address":{"type":["string","null"],"maxLength":300},
          "capacity":{"type":["integer","null"],"minimum":1,"maximum":1000000},
          "active":{"type":["boolean","null"],"description":"true when absent"}}},
      "BlackoutBody": {"type":"object","additionalProperties":false,"required":["date"],
        "properties":{
          "date":{"type":"string","format":"date"},"reason":{"type":["string","null"],"maxLength":300}}},
      "Slug": {"type":"string","pattern":"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$"}
    }
    """
}
