//! Finding parties: the trigrams of their names, their addresses taken apart; and parties that were found to be one.
//!
//! All of it but `party_alias` and `duplicate_dismissal` follows from parties and sites, and is kept up with them by
//! [`crate::store::find`]. Persons are in none of it: neither their names nor their addresses are for everybody.

use foundation::migrate::Migration;

pub const REGISTRY_FIND: Migration = Migration {
    name: "0008_find",
    portable: "
CREATE TABLE party_trigram_count (trigram INTEGER PRIMARY KEY, bearers INTEGER NOT NULL);
CREATE TABLE site_place (
  site_id UUID PRIMARY KEY REFERENCES site (id), party_id UUID NOT NULL REFERENCES party (id), postcode TEXT,
  street TEXT NOT NULL, number INTEGER, addition TEXT NOT NULL, town TEXT NOT NULL
);
CREATE INDEX site_place_door ON site_place (postcode, number, party_id);
CREATE INDEX site_place_street ON site_place (street, number, party_id);
CREATE INDEX site_place_party ON site_place (party_id);
CREATE TABLE party_alias (
  old_id UUID PRIMARY KEY REFERENCES party (id), into_id UUID NOT NULL REFERENCES party (id),
  survivor_id UUID NOT NULL REFERENCES party (id), merged_by UUID NOT NULL, organisation_id UUID NOT NULL,
  merged_at BIGINT NOT NULL, reason TEXT NOT NULL, CHECK (old_id <> into_id AND old_id <> survivor_id)
);
CREATE INDEX party_alias_survivor ON party_alias (survivor_id, old_id);
CREATE TABLE duplicate_proposal (
  party_id UUID NOT NULL REFERENCES party (id), other_id UUID NOT NULL REFERENCES party (id),
  score DOUBLE PRECISION NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (party_id, other_id), CHECK (party_id < other_id)
);
CREATE INDEX duplicate_proposal_score ON duplicate_proposal (score, party_id, other_id);
CREATE INDEX duplicate_proposal_other ON duplicate_proposal (other_id);
CREATE TABLE duplicate_dismissal (
  party_id UUID NOT NULL REFERENCES party (id), other_id UUID NOT NULL REFERENCES party (id),
  dismissed_by UUID NOT NULL, organisation_id UUID NOT NULL, dismissed_at BIGINT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (party_id, other_id), CHECK (party_id < other_id)
);
",
    sqlite: "
CREATE TABLE party_name (
  number INTEGER PRIMARY KEY, party_id UUID NOT NULL REFERENCES party (id), field SMALLINT NOT NULL,
  words TEXT NOT NULL
);
CREATE INDEX party_name_party ON party_name (party_id);
CREATE TABLE party_trigram (
  trigram INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (trigram, number)
) WITHOUT ROWID;
CREATE VIEW reference_alias AS SELECT old_id, survivor_id FROM party_alias;
",
    postgres: "
CREATE TABLE party_name (
  number INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, party_id UUID NOT NULL REFERENCES party (id),
  field SMALLINT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX party_name_party ON party_name (party_id);
CREATE TABLE party_trigram (
  trigram INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (trigram, number)
);
CREATE VIEW reference.reference_alias AS SELECT old_id, survivor_id FROM party_alias;
GRANT SELECT ON reference.reference_alias TO samenzicht_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON party_name, party_trigram, party_trigram_count, site_place, party_alias,
  duplicate_proposal, duplicate_dismissal TO samenzicht_registry;
",
};
