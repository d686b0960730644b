//! The tables of a root, written from its name: used by new migrations only, for what has shipped never changes.
//!
//! On PostgreSQL every policy reads one sentence: a channel of mine, live now, of a rank I may see. `app.*` is set by
//! the Session door for one transaction; unset it reads as `''`, which is no channel.

use crate::migrate::Migration;

/// A root whose tables are to be made.
#[derive(Clone, Copy, Debug)]
pub struct RootTables {
    /// Its name, which is that of its table and begins that of the others.
    pub name: &'static str,
    /// The service that keeps it; its login gets the rights.
    pub service: &'static str,
    /// The columns of its own, as SQL, such as `title TEXT NOT NULL`.
    pub columns: &'static str,
    /// What its feeds repeat for lists: column and type; each gets an index.
    pub filters: &'static [(&'static str, &'static str)],
}

/// What a row of the feed `f` must be for its reader.
const LIVE: &str = "f.channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])
  AND f.rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND f.visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND f.visible_until > nullif(current_setting('app.now', true), '')::bigint";
/// What a row must be for its writer.
const WRITER: &str = "owner_id = nullif(current_setting('app.writer', true), '')::uuid";

/// What a row must be for the caretaker, who erases.
const EXPIRED: &str = "current_setting('app.caretaker', true) = 'on' AND held_at IS NULL
  AND retain_until <= nullif(current_setting('app.now', true), '')::bigint";

/// What the tombstones of a root of this name say beside record and channel: the rank that was left, from and until
/// when it would have been seen, and the transaction, by which a tombstone belongs to its outbox row.
pub fn tombstones(name: &str) -> String {
    format!(
        "
ALTER TABLE {name}_tombstone ADD COLUMN rank SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE {name}_tombstone ADD COLUMN visible_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {name}_tombstone ADD COLUMN visible_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE {name}_tombstone ADD COLUMN tx BIGINT NOT NULL DEFAULT 0;
CREATE INDEX {name}_tombstone_{name} ON {name}_tombstone ({name}_id, tx);
"
    )
}

/// The same on PostgreSQL: which tombstones, and which feed rows that are live no longer, the change feed may read.
/// `app.past_channels` and `app.past_rank` are what a copy was filled through, `app.since` the moment up to which it
/// was told by the clock.
pub fn past(name: &str, service: &str) -> String {
    let channel =
        "channel = ANY (string_to_array(nullif(current_setting('app.past_channels', true), ''), ',')::bigint[])
  AND rank <= nullif(current_setting('app.past_rank', true), '')::smallint";
    format!(
        "
GRANT SELECT, DELETE ON {name}_tombstone TO samenzicht_{service};
ALTER TABLE {name}_tombstone ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name}_tombstone FORCE ROW LEVEL SECURITY;
CREATE POLICY bury_{name} ON {name}_tombstone FOR INSERT WITH CHECK (true);
CREATE POLICY read_{name}_tombstone ON {name}_tombstone FOR SELECT USING (
  {channel});
CREATE POLICY tidy_{name}_tombstone ON {name}_tombstone FOR ALL
  USING (current_setting('app.caretaker', true) = 'on');
CREATE POLICY read_past_{name}_feed ON {name}_feed FOR SELECT USING (
  {channel}
  AND visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND visible_until > nullif(current_setting('app.since', true), '')::bigint);
"
    )
}

impl RootTables {
    /// The step that makes them. Call it once per process: its texts live as long as the process does.
    pub fn migration(&self, name: &'static str) -> Migration {
        Migration {
            name,
            portable: self.portable().leak(),
            sqlite: "",
            postgres: self.postgres().leak(),
        }
    }

    /// The tables, the same on both databases.
    fn portable(&self) -> String {
        let Self { name, columns, .. } = self;
        let filters: String = self
            .filters
            .iter()
            .map(|(name, kind)| format!(", {name} {kind}"))
            .collect();
        let feed = format!(
            "channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL{filters}"
        );
        let indexes: String = self
            .filters
            .iter()
            .map(|(column, _)| *column)
            .chain(["owner_id"])
            .map(|column| {
                format!("CREATE INDEX {name}_feed_{column} ON {name}_feed (channel, rank, {column}, created_at, record_id);\n")
            })
            .collect();
        format!(
            "
CREATE TABLE {name} (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2),
  rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2), tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4),
  use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2), retain_until BIGINT NOT NULL, retraction TEXT,
  held_at BIGINT, frozen_at BIGINT,
  {columns}
);
CREATE INDEX {name}_retention ON {name} (retain_until);
CREATE TABLE {name}_subject (
  {name}_id UUID NOT NULL REFERENCES {name} (id) ON DELETE CASCADE, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY ({name}_id, kind, subject_id)
);
CREATE TABLE {name}_grant (
  id UUID PRIMARY KEY, {name}_id UUID NOT NULL REFERENCES {name} (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);
CREATE INDEX {name}_grant_{name} ON {name}_grant ({name}_id);
CREATE TABLE {name}_feed (
  {feed},
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);
CREATE INDEX {name}_feed_record ON {name}_feed (record_id, channel);
{indexes}CREATE TABLE {name}_subject_feed (
  subject_id UUID NOT NULL, {feed},
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);
CREATE INDEX {name}_subject_feed_record ON {name}_subject_feed (record_id);
CREATE TABLE {name}_tombstone (
  id UUID PRIMARY KEY, {name}_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
);
"
        )
    }

    /// The rights of the service, and row-level security as the second lock.
    fn postgres(&self) -> String {
        let Self { name, service, .. } = self;
        let rights = format!(
            "
GRANT SELECT, INSERT, UPDATE, DELETE ON {name}, {name}_grant TO samenzicht_{service};
GRANT SELECT, INSERT, DELETE ON {name}_subject, {name}_feed, {name}_subject_feed TO samenzicht_{service};
GRANT INSERT ON {name}_tombstone TO samenzicht_{service};
"
        );
        let locked: String = ["", "_subject", "_grant", "_feed", "_subject_feed"]
            .into_iter()
            .map(|part| {
                format!(
                    "ALTER TABLE {name}{part} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name}{part} FORCE ROW LEVEL SECURITY;
"
                )
            })
            .collect();
        let feeds: String = ["_feed", "_subject_feed"]
            .into_iter()
            .map(|part| {
                let live = LIVE.replace("f.", "");
                format!(
                    "CREATE POLICY read_{name}{part} ON {name}{part} FOR SELECT USING (
  {live});
CREATE POLICY write_{name}{part} ON {name}{part} FOR ALL
  USING ({WRITER})
  WITH CHECK ({WRITER});
"
                )
            })
            .collect();
        let records = format!(
            "CREATE POLICY read_{name} ON {name} FOR SELECT USING (EXISTS (
  SELECT 1 FROM {name}_feed f WHERE f.record_id = {name}.id
  AND {LIVE}));
CREATE POLICY record_{name} ON {name} FOR INSERT
  WITH CHECK ({WRITER});
CREATE POLICY change_{name} ON {name} FOR UPDATE
  USING ({WRITER})
  WITH CHECK ({WRITER});
CREATE POLICY find_expired_{name} ON {name} FOR SELECT USING ({EXPIRED});
CREATE POLICY erase_expired_{name} ON {name} FOR DELETE USING ({EXPIRED});
CREATE POLICY read_{name}_subject ON {name}_subject FOR SELECT USING (
  EXISTS (SELECT 1 FROM {name} r WHERE r.id = {name}_id));
CREATE POLICY write_{name}_subject ON {name}_subject FOR ALL
  USING (EXISTS (SELECT 1 FROM {name} r WHERE r.id = {name}_id AND r.{WRITER}));
CREATE POLICY read_{name}_grant ON {name}_grant FOR SELECT USING (
  EXISTS (SELECT 1 FROM {name} r WHERE r.id = {name}_id) AND (
    owner_id = nullif(current_setting('app.organisation', true), '')::uuid
    OR channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])));
CREATE POLICY write_{name}_grant ON {name}_grant FOR ALL
  USING ({WRITER})
  WITH CHECK ({WRITER});
"
        );
        [rights, locked, feeds, records].concat()
    }
}

/// The step that adds what holds need to a root whose tables are there: its table of holds, and the way of a privacy
/// officer to the row. Call it once per process: its texts live as long as the process does.
pub fn holds(name: &'static str, service: &str, roots: &[&str]) -> Migration {
    let portable: String = roots.iter().copied().map(hold).collect();
    let postgres: String = roots.iter().map(|root| hold_lock(root, service)).collect();
    Migration {
        name,
        portable: portable.leak(),
        sqlite: "",
        postgres: postgres.leak(),
    }
}

fn hold(name: &str) -> String {
    format!(
        "
CREATE TABLE {name}_hold (
  id UUID PRIMARY KEY, {name}_id UUID NOT NULL REFERENCES {name} (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  number TEXT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2), reason TEXT NOT NULL,
  placed_by UUID NOT NULL, placed_at BIGINT NOT NULL, lifted_by UUID, lifted_at BIGINT, lifted_because TEXT
);
CREATE INDEX {name}_hold_{name} ON {name}_hold ({name}_id);
CREATE INDEX {name}_hold_owner ON {name}_hold (owner_id, placed_at, id);
"
    )
}

fn hold_lock(name: &str, service: &str) -> String {
    format!(
        "
GRANT SELECT, INSERT, UPDATE ON {name}_hold TO samenzicht_{service};
ALTER TABLE {name}_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name}_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY read_{name}_hold ON {name}_hold FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid);
CREATE POLICY write_{name}_hold ON {name}_hold FOR ALL
  USING ({WRITER})
  WITH CHECK ({WRITER});
CREATE POLICY keep_{name} ON {name} FOR SELECT
  USING (owner_id = nullif(current_setting('app.keeper', true), '')::uuid);
"
    )
}
