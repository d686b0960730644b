//! How parties stand to one another: two rows per relation, one from each side, so that either side is one index walk.

use foundation::migrate::Migration;

pub const REGISTRY_RELATION: Migration = Migration {
    name: "0005_relation",
    portable: "
CREATE TABLE party_relation (
  id UUID NOT NULL, party_id UUID NOT NULL REFERENCES party (id), role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 8),
  other_id UUID NOT NULL REFERENCES party (id), starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  PRIMARY KEY (id, party_id), CHECK (party_id <> other_id), CHECK (starts_at < ends_at)
);
CREATE INDEX party_relation_party ON party_relation (party_id, role, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON party_relation TO samenzicht_registry;
",
};
