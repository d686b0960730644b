-- Fills the tables with signals as the service would leave them, by set, as the superuser: the same number gives the
-- same rows (for one major version of PostgreSQL, whose hash function throws the dice). `{signals}` is how many.
-- Who owns them, what they are about and whom they are shared with is skewed: ILT owns 45 of 100, ANVS one; most are
-- their owner's alone, 15 of 100 everybody's; one party has four in a hundred of those that name one, most have one or two.
-- Stages: `people` first, then `records` beside `feeds`, then `done`.

-- stage people
CREATE SCHEMA bench;
-- The constraints stay; what they do not need is made once, at the end.
CREATE TABLE bench.index AS SELECT indexdef AS text, tablename, indexname FROM pg_indexes i
  WHERE schemaname = 'signals' AND tablename IN ('signal', 'signal_feed', 'signal_grant', 'signal_search', 'signal_subject',
    'signal_subject_feed', 'signal_version', 'signals_outbox')
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = format('%I.%I', schemaname, indexname)::regclass);
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT * FROM bench.index LOOP EXECUTE format('DROP INDEX signals.%I', one.indexname); END LOOP;
END $$;
CREATE FUNCTION bench.dice(number bigint, throw bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  'SELECT (hashint8extended(number, throw) & 1048575)::integer';
INSERT INTO circle SELECT md5('circle ' || n)::uuid, 'bench-' || n, 'Proefkring ' || n, 'Trial circle ' || n, b.id, o.id, 0, 253402300799999999
  FROM generate_series(1, 20) AS n, organisation o, (SELECT id FROM legal_basis ORDER BY code LIMIT 1) b WHERE o.code = 'igj';
INSERT INTO circle_member SELECT md5('circle ' || n)::uuid, o.id, 0, 253402300799999999 FROM generate_series(1, 20) AS n, organisation o
  WHERE o.code IN ('igj', 'jenv') OR o.code = 'nvwa' AND n % 3 = 0 OR o.code = 'ilt' AND n % 5 = 0;
INSERT INTO circle_purpose SELECT md5('circle ' || n)::uuid, p.id FROM generate_series(1, 20) AS n, purpose p
  WHERE p.code IN ('toezicht', 'risicoanalyse');
INSERT INTO party (id, kind, legal_name, name_words) SELECT md5('party ' || n)::uuid, 1, 'Proefbedrijf ' || n || ' B.V.', 'proefbedrijf ' || n || ' b v'
  FROM generate_series(0, 19999) AS n;
INSERT INTO party_word SELECT '', id, 1, legal_name FROM party WHERE legal_name LIKE 'Proefbedrijf %';
CREATE TABLE bench.side AS SELECT row_number() OVER (ORDER BY o.code) - 1 AS place, o.code, o.id AS owner_id, a.id AS author_id,
  access.intern_channel(5::smallint, o.id, '00000000-0000-0000-0000-000000000000') AS own,
  access.intern_channel(6::smallint, a.id, '00000000-0000-0000-0000-000000000000') AS author,
  access.intern_channel(7::smallint, o.id, '00000000-0000-0000-0000-000000000000') AS steward
  FROM organisation o JOIN account a ON a.organisation_id = o.id AND a.name = o.code || '.inspector'
  WHERE o.code IN ('anvs', 'igj', 'ilt', 'ivho', 'jenv', 'nla', 'nvwa');
-- The ways in which something is shared: for each class of audience and each pick of it.
CREATE TABLE bench.way AS
  SELECT 1 AS class, n AS pick, 1::smallint AS kind, '00000000-0000-0000-0000-000000000000'::uuid AS audience, p.id AS purpose_id
    FROM generate_series(0, 9) AS n JOIN purpose p ON p.code = CASE WHEN n < 6 THEN 'toezicht' ELSE 'risicoanalyse' END
  UNION ALL SELECT 2, 10 * s.place + n, 2, s.owner_id, p.id FROM bench.side s, generate_series(0, 9) AS n
    JOIN purpose p ON p.code = CASE WHEN n < 5 THEN 'toezicht' WHEN n < 8 THEN 'risicoanalyse' ELSE 'gezamenlijk-toezicht' END
  UNION ALL SELECT 3, row_number() OVER (ORDER BY k.code, p.code) - 1, 3, q.circle_id, q.purpose_id
    FROM circle_purpose q JOIN circle k ON k.id = q.circle_id JOIN purpose p ON p.id = q.purpose_id
  UNION ALL SELECT 4, s.place, 4, s.author_id, p.id FROM bench.side s JOIN purpose p ON p.code = 'toezicht';
ALTER TABLE bench.way ADD COLUMN channel bigint;
UPDATE bench.way SET channel = access.intern_channel(kind::smallint, audience, purpose_id);
CREATE UNLOGGED TABLE bench.told AS
  SELECT i, (lpad(to_hex(created / 1000), 12, '0') || '70008' || lpad(to_hex(i), 15, '0'))::uuid AS id, created, side,
    CASE WHEN audience >= 980 THEN 4 WHEN audience < 150 OR audience BETWEEN 313 AND 322 THEN 1 WHEN i % 7 = 0 AND audience < 250 THEN 3 ELSE 2 END::smallint AS tlp,
    CASE WHEN life < 10 THEN 0 WHEN life < 95 THEN 1 ELSE 2 END::smallint AS state,
    CASE WHEN mark < 20 THEN 0 WHEN mark < 95 THEN 1 ELSE 2 END::smallint AS rank, audience,
    categories[1 + floor(cardinality(categories) * power(bench.dice(i, 5) / 1048576.0, 3))::integer] AS category,
    CASE WHEN weight < 50 THEN 1 WHEN weight < 80 THEN 2 WHEN weight < 95 THEN 3 ELSE 4 END::smallint AS severity,
    CASE WHEN bench.dice(i, 7) % 100 < 70 THEN 1 WHEN bench.dice(i, 7) % 100 < 98 THEN 2 ELSE 3 END::smallint AS urgency,
    created - bench.dice(i, 8) * 2500000::bigint AS observed, (1 + bench.dice(i, 9) % 5)::smallint AS origin,
    CASE WHEN i % 2 = 0 THEN 1 + bench.dice(i, 10) % 6 END::smallint AS reliability,
    CASE WHEN i % 3 = 0 THEN 1 + bench.dice(i, 12) % 6 END::smallint AS credibility,
    CASE WHEN i % 10 = 0 THEN created + 31536000000000 END AS valid_until
  FROM (SELECT i, 1622505600000000 + (i * (157766400000000.0 / {signals}))::bigint AS created, bench.dice(i, 2) % 1000 AS audience,
      bench.dice(i, 3) % 100 AS life, bench.dice(i, 4) % 100 AS mark, bench.dice(i, 6) % 100 AS weight,
      CASE WHEN owner < 450 THEN 2 WHEN owner < 650 THEN 6 WHEN owner < 770 THEN 1 WHEN owner < 870 THEN 4 WHEN owner < 950 THEN 5
        WHEN owner < 990 THEN 3 ELSE 0 END AS side
    FROM (SELECT i::bigint, bench.dice(i, 1) % 1000 AS owner FROM generate_series(1, {signals}) AS i) AS thrown) AS drawn,
  (SELECT array_agg(code ORDER BY code) AS categories FROM category) AS known;
CREATE UNLOGGED TABLE bench.given AS
  SELECT t.i, md5('grant ' || t.i || ' ' || g.class)::uuid AS id, w.kind, w.audience, w.purpose_id, w.channel,
    CASE WHEN bench.dice(t.i, 20) % 20 = 0 THEN t.created + 7776000000000 ELSE 253402300799999999 END AS valid_until
  FROM bench.told t CROSS JOIN LATERAL (
    SELECT 1 AS class, bench.dice(t.i, 21) % 10 AS pick WHERE t.audience < 150 OR t.audience BETWEEN 313 AND 322
    UNION ALL SELECT 2, 10 * ((t.side + 1 + bench.dice(t.i, 22) % 6) % 7) + bench.dice(t.i, 23) % 10
      WHERE t.audience BETWEEN 150 AND 249 OR t.audience BETWEEN 313 AND 322
    UNION ALL SELECT 3, floor((SELECT COUNT(*) FROM bench.way WHERE class = 3) * power(bench.dice(t.i, 24) / 1048576.0, 2))::integer
      WHERE t.audience BETWEEN 250 AND 309
    UNION ALL SELECT 4, (t.side + 1 + bench.dice(t.i, 25) % 6) % 7 WHERE t.audience BETWEEN 310 AND 312) AS g
  JOIN bench.way w ON w.class = g.class AND w.pick = g.pick;
CREATE UNLOGGED TABLE bench.about AS
  SELECT i, 1::smallint AS kind, md5('party ' || floor(20000 * power(bench.dice(i, 31) / 1048576.0, 3))::integer)::uuid AS subject_id
    FROM bench.told WHERE bench.dice(i, 30) % 100 < 35
  UNION ALL SELECT i, 3, r.id FROM bench.told
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM safety_region) r ON r.place = bench.dice(i, 33) % 25
    WHERE bench.dice(i, 32) % 100 < 10;
ANALYZE bench.told; ANALYZE bench.given; ANALYZE bench.about;

-- stage records
BEGIN;
-- Emptied in the same transaction: what follows needs no write-ahead log where the server keeps the least.
TRUNCATE signal, signals_outbox CASCADE;
SET LOCAL session_replication_role = replica;
INSERT INTO signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit, retain_until,
    title, narrative, category, severity, urgency, observed_from, origin, external_system, external_reference, reliability,
    credibility, valid_until)
  SELECT t.id, 'BENCH-' || lpad(t.i::text, 9, '0'), s.owner_id, s.author_id, created, created, 1, state, rank, tlp, 1, 253402300799999999,
    'Proefstuk ' || t.i, 'Damp boven het emplacement, gemeld op ' || t.i % 97, category, severity, urgency, observed, origin,
    CASE WHEN origin = 5 THEN 'bench' END, CASE WHEN origin = 5 THEN lpad(t.i::text, 9, '0') END, reliability, credibility, valid_until
  FROM bench.told t JOIN bench.side s ON s.place = t.side ORDER BY t.i;
INSERT INTO signal_grant (id, signal_id, owner_id, audience_kind, audience, purpose_id, legal_basis_id, channel, granted_by,
    granted_at, valid_from, valid_until)
  SELECT g.id, t.id, s.owner_id, g.kind, g.audience, g.purpose_id, b.id, g.channel, s.author_id, created, created, g.valid_until
  FROM bench.given g JOIN bench.told t ON t.i = g.i JOIN bench.side s ON s.place = t.side,
  (SELECT id FROM legal_basis ORDER BY code LIMIT 1) b;
INSERT INTO signal_subject SELECT t.id, a.kind, a.subject_id FROM bench.about a JOIN bench.told t ON t.i = a.i;
INSERT INTO signal_version (id, signal_id, owner_id, version, since, until, state, content)
  SELECT md5('version ' || t.i)::uuid, t.id, s.owner_id, 0, created, created, 0, '{"title":["Proefstuk ' || t.i || '"]}'
  FROM bench.told t JOIN bench.side s ON s.place = t.side WHERE t.i % 20 = 0;
INSERT INTO signal_search SELECT t.id, s.owner_id, to_tsvector('simple', 'bench ' || lpad(t.i::text, 9, '0') || ' proefstuk ' || t.i ||
    ' damp boven het emplacement gemeld op ' || t.i % 97)
  FROM bench.told t JOIN bench.side s ON s.place = t.side ORDER BY t.i;
-- What was told within the year.
INSERT INTO signals_outbox (at, kind, record_id, change, version)
  SELECT created, 'signal', id, 'published', 1 FROM bench.told WHERE state = 1 AND i > {signals} * 0.9 ORDER BY i;
COMMIT;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT * FROM bench.index WHERE tablename NOT LIKE '%feed' LOOP EXECUTE one.text; END LOOP;
END $$;

-- stage feeds
BEGIN;
TRUNCATE signal_feed, signal_subject_feed;
CREATE UNLOGGED TABLE bench.fed AS
  SELECT t.i, s.own AS channel, '00000000-0000-0000-0000-000000000000'::uuid AS grant_id, 0::bigint AS visible_from, 253402300799999999 AS visible_until
    FROM bench.told t JOIN bench.side s ON s.place = t.side WHERE tlp < 4
  UNION ALL SELECT t.i, unnest(ARRAY[s.author, s.steward]), '00000000-0000-0000-0000-000000000000', 0, 253402300799999999
    FROM bench.told t JOIN bench.side s ON s.place = t.side WHERE tlp = 4
  UNION ALL SELECT t.i, g.channel, g.id, t.created + 3600000000, g.valid_until FROM bench.given g JOIN bench.told t ON t.i = g.i WHERE state = 1;
INSERT INTO signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id, category,
    severity, observed_at, urgency, origin, state, reliability, credibility, valid_until)
  SELECT f.channel, rank, created, t.id, f.grant_id, f.visible_from, f.visible_until, s.owner_id, category, severity, observed, urgency,
    origin, state, reliability, credibility, t.valid_until
  FROM bench.fed f JOIN bench.told t ON t.i = f.i JOIN bench.side s ON s.place = t.side ORDER BY f.i;
INSERT INTO signal_subject_feed (subject_id, channel, rank, created_at, record_id, grant_id, visible_from, visible_until,
    owner_id, category, severity, observed_at, urgency, origin, state, reliability, credibility, valid_until)
  SELECT a.subject_id, f.channel, rank, created, t.id, f.grant_id, f.visible_from, f.visible_until, s.owner_id, category, severity, observed,
    urgency, origin, state, reliability, credibility, t.valid_until
  FROM bench.about a JOIN bench.fed f ON f.i = a.i JOIN bench.told t ON t.i = a.i JOIN bench.side s ON s.place = t.side ORDER BY a.i;
DROP TABLE bench.fed;
COMMIT;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT * FROM bench.index WHERE tablename LIKE '%feed' LOOP EXECUTE one.text; END LOOP;
END $$;

-- stage done
DROP TABLE bench.told, bench.given, bench.about;
