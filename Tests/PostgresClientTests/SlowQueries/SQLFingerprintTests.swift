import PostgresClient
import Testing

@Suite("Fingerprints")
struct SQLFingerprintTests {
  @Test(
    "Statements that differ in values, space, case and comments have one fingerprint",
    arguments: [
      ("SELECT * FROM t WHERE id = 7", "select * from t where id = ?"),
      ("select *\n FROM  t WHERE id=$1 -- here", "select * from t where id = ?"),
      ("SELECT 'it''s', E'a\\'b', $tag$x ' y$tag$, 1.5e3", "select ?"),
      ("SELECT a FROM t WHERE id IN (1, 2, 3)", "select a from t where id in (?)"),
      (
        "SELECT \"Odd Name\" FROM t /* a /* nested */ comment */ WHERE x::text = 'y'",
        "select \"Odd Name\" from t where x :: text = ?"
      ),
      ("SELECT ''", "select ?"), ("'unfinished", "?"), ("", ""), ("/* unfinished", ""), ("$", "?"), ("$a", "?"),
    ])
  func same(sql: String, fingerprint: String) {
    let found = SQLFingerprint(sql).description
    #expect(found.replacing(" ", with: "") == fingerprint.replacing(" ", with: ""))
  }

  @Test("No literal is left")
  func literals() {
    let text = SQLFingerprint("SELECT 'canary', $$canary$$, E'\\'canary', 12345 FROM t WHERE a = 'canary' -- canary")
    #expect(!text.description.contains("canary"))
    #expect(!text.description.contains("12345"))
  }
}
