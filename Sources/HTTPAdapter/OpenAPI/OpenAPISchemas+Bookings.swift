extension OpenAPISchemas {
  /// What is written and read of bookings and customers.
  static let bookings = """
    {
      "BookingStatus": {"type":"string","enum":["PENDING","CONFIRMED","CANCELLED","EXPIRED","COMPLETED"]},
      "BookingRequest": {"type":"object","additionalProperties":false,"required":["packageSlug","date","customer"],
        "properties":{
          "packageSlug":{"type":"string","minLength":1,"maxLength":100},"date":{"type":"string","format":"date"},
          "addOnSlugs":{"type":["array","null"],"maxItems":50,"items":{"type":"string","minLength":1,"maxLength":100}},
          "venueId":{"type":["string","null"],"format":"uuid"},
          "customer":{"type":"object","additionalProperties":false,"required":["name","email"],
            "properties":{"name":{"type":"string","minLength":1,"maxLength":200},
              "email":{"type":"string","format":"email","maxLength":320},
              "phone":{"type":["string","null"],"minLength":1,"maxLength":50}}},
          "notes":{"type":["string","null"],"maxLength":5000}}},
      "BookingNote": {"type":"object","additionalProperties":false,
        "properties":{"reason":{"type":["string","null"],"maxLength":300}}},
      "BookedItem": {"type":"object","additionalProperties":false,"required":["slug","title","priceCents"],
        "properties":{"slug":{"type":"string"},"title":{"type":"string"},"priceCents":{"type":"integer","minimum":0}}},
      "Booking": {"type":"object",
        "required":["id","status","date","package","addOns","venue","customer","totalCents","currency","createdAt",
          "confirmedAt","cancelledAt","expiresAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"status":{"$ref":"#/components/schemas/BookingStatus"},
          "date":{"type":"string","format":"date"},"package":{"$ref":"#/components/schemas/BookedItem"},
          "addOns":{"type":"array","items":{"$ref":"#/components/schemas/BookedItem"}},
          "venue":{"type":["object","null"],"additionalProperties":false,"required":["id","name","city"],
            "properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},"city":{"type":"string"}}},
          "customer":{"type":"object","additionalProperties":false,"required":["name","email","phone"],
            "properties":{"name":{"type":"string"},"email":{"type":"string"},"phone":{"type":["string","null"]}}},
          "totalCents":{"type":"integer","minimum":0},"currency":{"type":"string"},
          "createdAt":{"type":"string","format":"date-time"},
          "confirmedAt":{"type":["string","null"],"format":"date-time"},
          "cancelledAt":{"type":["string","null"],"format":"date-time"},
          "expiresAt":{"type":["string","null"],"format":"date-time",
            "description":"When a pending booking gives its date back; null once it is confirmed or cancelled"},
          "notes":{"type":"string","description":"Only for staff, and only when there are any"}}},
      "CreatedBooking": {"allOf":[{"$ref":"#/components/schemas/Booking"},
        {"type":"object","required":["accessToken"],"properties":{"accessToken":{"type":"string",
          "description":"Lets the customer read and cancel the booking, in X-Booking-Token"}}}]},
      "Customer": {"type":"object","additionalProperties":false,"required":["id","name","email","phone","createdAt"],
        "properties":{
          "id":{"type":"string","format":"uuid"},"name":{"type":"string"},"email":{"type":"string"},
          "phone":{"type":["string","null"]},"createdAt":{"type":"string","format":"date-time"}}}
    }
    """

  /// What operators read, and problems.
  static let operations = """
    {
      "Problem": {"type":"object","additionalProperties":false,
        "required":["type","title","status","detail","code","requestId"],
        "properties":{
          "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},
          "code":{"type":"string","description":"Stays the same in every version"},"requestId":{"type":"string"},
          "errors":{"type":"array","items":{"type":"object","additionalProperties":false,
            "required":["field","message"],
            "properties":{"field":{"type":"string"},"message":{"type":"string"}}}}}},
      "Status": {"type":"object","required":["status"],"properties":{"status":{"type":"string"}}},
      "CacheFigures": {"type":"object","required":["connected","hits","misses","keys","totalRequests","hitRate"],
        "properties":{
          "connected":{"type":"boolean"},"hits":{"type":"integer"},"misses":{"type":"integer"},
          "keys":{"type":"integer"},"totalRequests":{"type":"integer"},
          "hitRate":{"type":"string","examples":["92.85%"]}}},
      "CacheHealth": {"allOf":[{"$ref":"#/components/schemas/CacheFigures"},
        {"type":"object","required":["efficiency"],
          "properties":{"efficiency":{"type":"string","enum":["optimal","degraded"]}}}]},
      "Health": {"type":"object","required":["status","cache"],
        "properties":{
          "status":{"type":"string","enum":["healthy","degraded","unhealthy"]},
          "cache":{"$ref":"#/components/schemas/CacheFigures"}}},
      "DatabaseHealth": {"type":"object","required":["status","currentRegion","servers"],
        "properties":{
          "status":{"type":"string","enum":["healthy","degraded","unhealthy"]},
          "currentRegion":{"type":"string"},
          "servers":{"type":"array","items":{"type":"object",
            "required":["region","type","healthy","lastCheck","responseTimeMs","lagSeconds","pool"],
            "properties":{
              "region":{"type":"string"},"type":{"type":"string","enum":["primary","replica"]},
              "healthy":{"type":"boolean"},"lastCheck":{"type":["string","null"],"format":"date-time"},
              "responseTimeMs":{"type":"number"},"lagSeconds":{"type":"number"},
              "pool":{"type":"object","required":["total","active","idle","waiting"],
                "properties":{"total":{"type":"integer"},"active":{"type":"integer"},"idle":{"type":"integer"},
                  "waiting":{"type":"integer"}}}}}}}},
      "Text": {"type":"string"},
      "Document": {"type":"object"}
    }
    """
}
