extension OpenAPISchemas {
  /// Files of packages, and what became of them.
  static let exchange = """
    {
      "PackageFile": {"type":"string","description":"CSV with a header (slug, title, description, priceCents, currency, \
    segmentSlug, grouping, groupingOrder, status, photos, addOnSlugs; or Shopify's product export), or a PackageBody on \
    each line"},
      "ImportReport": {"type":"object","additionalProperties":false,
        "required":["applied","created","updated","unchanged","failed","errors"],
        "properties":{
          "applied":{"type":"boolean","description":"Whether what could be imported is there now"},
          "created":{"type":"integer"},"updated":{"type":"integer"},"unchanged":{"type":"integer"},
          "failed":{"type":"integer","description":"Rows with flaws"},
          "errors":{"type":"array","maxItems":1000,"items":{"type":"object","additionalProperties":false,
            "required":["line","slug","field","message"],
            "properties":{"line":{"type":"integer","minimum":1},"slug":{"type":["string","null"]},
              "field":{"type":["string","null"]},"message":{"type":"string"}}}}}}
    }
    """
}
