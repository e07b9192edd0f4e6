/** Stores a definition unless it is there, with its machine's next version: one after the other. */
export const PUBLISH = `
CREATE OR REPLACE FUNCTION detent.publish(
  a_hash text, a_machine text, a_language text, a_source text, a_code text
) RETURNS SETOF detent.definition LANGUAGE plpgsql AS $body$
BEGIN
  LOCK TABLE detent.definition IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO detent.definition (hash, machine, version, language, source, code)
  SELECT a_hash, a_machine, 1 + coalesce(max(d.version), 0), a_language, a_source, a_code
  FROM detent.definition d WHERE d.machine = a_machine
  ON CONFLICT (hash) DO NOTHING;
  RETURN QUERY SELECT * FROM detent.definition d WHERE d.hash = a_hash;
END
$body$`;
