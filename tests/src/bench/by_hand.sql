BEGIN;
SELECT set_config('app.channels', (SELECT coalesce(string_agg(c.id::text, ','), '') FROM channel c WHERE (
      c.purpose_id = p.id AND (c.kind = 1 AND o.participant OR c.kind = 2 AND c.audience = o.id OR c.kind = 4 AND c.audience = a.id
        OR c.kind = 3 AND EXISTS (SELECT FROM circle k JOIN circle_member m ON m.circle_id = k.id JOIN circle_purpose q ON q.circle_id = k.id
          WHERE k.id = c.audience AND k.starts_at <= t.now AND k.ends_at > t.now AND m.organisation_id = o.id AND m.joined_at <= t.now
          AND m.left_at > t.now AND q.purpose_id = p.id))
      OR c.kind = 5 AND c.audience = o.id OR c.kind = 6 AND c.audience = a.id)), true),
    set_config('app.max_rank', a.clearance::text, true), set_config('app.now', t.now::text, true),
    set_config('app.organisation', o.id::text, true), set_config('app.writer', '', true), set_config('app.side', o.id::text, true),
    set_config('app.account', a.id::text, true)
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now) t, account a JOIN organisation o ON o.id = a.organisation_id, purpose p
  WHERE a.issuer = :issuer AND a.subject = :subject AND a.suspended_at IS NULL AND a.ended_at IS NULL
  AND o.suspended_at IS NULL AND o.ended_at IS NULL AND p.code = :purpose
  AND EXISTS (SELECT FROM account_purpose h WHERE h.account_id = a.id AND h.purpose_id = p.id AND h.valid_from <= t.now AND h.valid_until > t.now)
  AND EXISTS (SELECT FROM role_assignment r WHERE r.account_id = a.id AND r.valid_from <= t.now AND r.valid_until > t.now);
WITH page AS MATERIALIZED (
    SELECT s.* FROM (
      SELECT DISTINCT f.created_at, f.record_id
      FROM unnest(string_to_array(current_setting('app.channels'), ',')::bigint[]) AS c (channel),
        generate_series(0, current_setting('app.max_rank')::integer) AS r (rank), LATERAL (
          SELECT created_at, record_id FROM signal_feed f WHERE f.channel = c.channel AND f.rank = r.rank::smallint
          AND visible_from <= current_setting('app.now')::bigint AND visible_until > current_setting('app.now')::bigint
          ORDER BY created_at DESC, record_id DESC LIMIT 21) f
      ORDER BY f.created_at DESC, f.record_id DESC LIMIT 20) AS place JOIN signal s ON s.id = place.record_id),
  told AS (SELECT gen_random_uuid() AS request),
  processed AS (INSERT INTO processing_log (id, request_id, at, service, activity, kind, operation, record_ids, fields)
    SELECT gen_random_uuid(), request, current_setting('app.now')::bigint, 'signals', :purpose, 'signal', 'read',
      (SELECT string_agg(replace(id::text, '-', ''), ' ') FROM page), '' FROM told),
  audited AS (INSERT INTO audit_log (id, request_id, at, service, issuer, subject, account_id, organisation_id, purpose, operation, outcome)
    SELECT gen_random_uuid(), request, current_setting('app.now')::bigint, 'signals', :issuer, :subject,
      current_setting('app.account')::uuid, current_setting('app.organisation')::uuid, :purpose, 'signals', 'DONE' FROM told)
SELECT id, number, title, narrative, severity, urgency, observed_from, created_at, version, state FROM page ORDER BY created_at DESC, id DESC;
COMMIT;
