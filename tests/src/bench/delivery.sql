SELECT set_config('app.channels', (SELECT string_agg(c.id::text, ',') FROM channel c WHERE c.kind = 5 AND c.audience = o.id), true),
    set_config('app.max_rank', '1', true), set_config('app.now', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text, true),
    set_config('app.organisation', o.id::text, true), set_config('app.writer', o.id::text, true), set_config('app.side', o.id::text, true),
    set_config('app.account', a.id::text, true), set_config('app.reach', (SELECT c.id::text FROM channel c JOIN organisation g ON g.id = c.audience
      JOIN purpose p ON p.id = c.purpose_id WHERE c.kind = 2 AND g.code = 'igj' AND p.code = 'risicoanalyse'), true)
  FROM account a JOIN organisation o ON o.id = a.organisation_id
  WHERE a.name = 'ilt.casesystem' AND a.ended_at IS NULL AND cardinality($1::uuid[]) + cardinality($2::text[]) + cardinality($3::text[]) > 0;
WITH given AS (SELECT $2::text[], $3::text[]), taken AS (INSERT INTO signal_number VALUES (current_setting('app.organisation')::uuid, 2026, cardinality($1::uuid[]) + 1)
    ON CONFLICT (owner_id, year) DO UPDATE SET next = signal_number.next + cardinality($1::uuid[]) RETURNING next)
  SELECT set_config('app.number', next::text, true) FROM taken, given;
INSERT INTO signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit, retain_until,
    title, narrative, category, severity, urgency, observed_from, origin, external_system, external_reference)
  SELECT id, 'HAND-2026-' || current_setting('app.number')::integer - cardinality($1::uuid[]) + place, current_setting('app.organisation')::uuid,
    current_setting('app.account')::uuid, current_setting('app.now')::bigint, current_setting('app.now')::bigint, 1, 1, 0, 2, 0,
    current_setting('app.now')::bigint + 157680000000000, title, 'Geleverd door het zaaksysteem.', 'hazardous-transport', 1, 1,
    1780300800000000, 5, 'proef', reference
  FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS t (id, reference, title, place);
WITH given AS (SELECT $2::text[], $3::text[]), way AS (SELECT current_setting('app.channels')::bigint AS channel, '00000000-0000-0000-0000-000000000000'::uuid AS grant_id
    UNION ALL SELECT current_setting('app.reach')::bigint, '00000000-0000-0000-0000-000000000001')
  INSERT INTO signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id, category, severity,
    observed_at, urgency, origin, state) SELECT way.channel, 0, current_setting('app.now')::bigint, t.id, grant_id, 0,
    current_setting('app.now')::bigint + 157680000000000, current_setting('app.organisation')::uuid, 'hazardous-transport', 1, 1780300800000000, 1, 5, 1
  FROM given, unnest($1::uuid[]) AS t (id), way;
WITH given AS (SELECT $2::text[], $3::text[]), way AS (SELECT current_setting('app.channels')::bigint AS channel, '00000000-0000-0000-0000-000000000000'::uuid AS grant_id
    UNION ALL SELECT current_setting('app.reach')::bigint, '00000000-0000-0000-0000-000000000001')
  INSERT INTO signal_subject_feed (subject_id, channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
    category, severity, observed_at, urgency, origin, state) SELECT p.id, channel, 0, current_setting('app.now')::bigint, t.id, grant_id, 0,
    current_setting('app.now')::bigint + 157680000000000, current_setting('app.organisation')::uuid, 'hazardous-transport', 1, 1780300800000000, 1, 5, 1
  FROM given, unnest($1::uuid[]) AS t (id), way, (SELECT id FROM reference_party ORDER BY id LIMIT 1) p;
WITH given AS (SELECT $2::text[], $3::text[])
  INSERT INTO signal_subject SELECT t.id, 1, p.id FROM given, unnest($1::uuid[]) AS t (id), (SELECT id FROM reference_party ORDER BY id LIMIT 1) p;
WITH given AS (SELECT $2::text[], $3::text[])
  INSERT INTO signal_grant (id, signal_id, owner_id, audience_kind, audience, purpose_id, legal_basis_id, channel, granted_by, granted_at,
    valid_from, valid_until) SELECT gen_random_uuid(), t.id, current_setting('app.organisation')::uuid, 2, c.audience, c.purpose_id, b.id, c.id,
    current_setting('app.account')::uuid, current_setting('app.now')::bigint, current_setting('app.now')::bigint, 253402300799999999
  FROM given, unnest($1::uuid[]) AS t (id), channel c, (SELECT id FROM legal_basis ORDER BY code LIMIT 1) b WHERE c.id = current_setting('app.reach')::bigint;
INSERT INTO signal_search SELECT id, current_setting('app.organisation')::uuid, to_tsvector('simple', reference || ' ' || lower(title) ||
    ' geleverd door het zaaksysteem') FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (id, reference, title);
WITH given AS (SELECT $2::text[], $3::text[])
  INSERT INTO signals_outbox (at, kind, record_id, change, version) SELECT current_setting('app.now')::bigint, 'signal', id, 'imported', 1
  FROM given, unnest($1::uuid[]) AS id;
WITH given AS (SELECT $2::text[], $3::text[]), told AS (SELECT gen_random_uuid() AS request), processed AS (
  INSERT INTO processing_log (id, request_id, at, service, activity, kind, operation, record_ids, fields) SELECT gen_random_uuid(), request,
    current_setting('app.now')::bigint, 'signals', 'toezicht', 'signal', 'import', (SELECT string_agg(replace(id::text, '-', ''), ' ')
    FROM unnest($1::uuid[]) AS id), '' FROM told)
  INSERT INTO audit_log (id, request_id, at, service, issuer, subject, account_id, organisation_id, purpose, operation, outcome)
  SELECT gen_random_uuid(), request, current_setting('app.now')::bigint, 'signals', '', 'ilt.casesystem', current_setting('app.account')::uuid,
    current_setting('app.organisation')::uuid, 'toezicht', 'importSignals', 'DONE' FROM told, given;
